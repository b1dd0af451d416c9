// The way to the program that runs behind this page. Decisions go one after the other. What this page sends is sealed with
// a key that it got for the token in its address, and sent once the program has proved that it knows the key too:
// another program may have taken the port since (adapters/screen/local_server.py).

export class Ended extends Error {
  constructor() {
    super("This page is no longer connected to a review. Open the newest address in the terminal, or start pelican-headshots review again.");
  }
}

const JSON_HEADERS = { "Content-Type": "application/json" };
const bytes = (text) => new TextEncoder().encode(text);
const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

async function enter() {
  const token = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
  if (token) {
    const answer = await fetch("/enter", { method: "POST", headers: JSON_HEADERS, body: JSON.stringify(token) }).catch(() => null);
    if (answer?.ok) sessionStorage.setItem("review", await answer.json());
    else sessionStorage.removeItem("review");
  }
  return crypto.subtle.importKey("raw", bytes(sessionStorage.getItem("review") ?? "none"), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
}
// Another address in the same window, perhaps of a later review.
addEventListener("hashchange", () => location.reload());

const key = await enter();
const seal = async (text) => hex(await crypto.subtle.sign("HMAC", key, bytes(text)));
const hello = await seal("GET hello"), pictures = await seal("GET picture");

async function prove() {
  const nonce = crypto.randomUUID();
  const answer = await fetch(`/${hello}/hello?${nonce}`).catch(() => null);
  if (!answer?.ok || await answer.text() !== await seal(`hello ${nonce}`)) throw new Ended();
}

const lost = () => { throw new Ended(); };

async function get(path, query = "", signal) {
  await prove();
  return fetch(`/${await seal(`GET ${path}`)}/${path}${query}`, { signal }).catch(lost);
}

async function post(path, value) {
  const body = JSON.stringify(value);
  const whole = `${path}/${hex(await crypto.subtle.digest("SHA-256", bytes(body)))}`;
  await prove();
  return fetch(`/${await seal(`POST ${whole}`)}/${whole}`, { method: "POST", headers: JSON_HEADERS, body }).catch(lost);
}

export async function fetchState() {
  const answer = await get("state");
  const value = await answer.json();
  if (!answer.ok) throw new Error(value.sentence);
  return value;
}

export async function fetchVersion() {
  const answer = await get("version");
  return answer.ok ? (await answer.json()).version : null;
}

// What is no longer wanted is given up: a browser has six connections, and decisions need one.
let wanted = new AbortController();
export async function fetchSlots(digest) {
  wanted.abort();
  wanted = new AbortController();
  return (await get("slots", `?of=${digest}`, wanted.signal)).json();
}

export const picture = (digest, width) => `/${pictures}/picture?of=${digest}&width=${width}`;

export class Outbox {
  // `make` builds a message at the moment it is sent, from what is known then; `answered` and `refused` take its answer.
  constructor({ answered, refused, waiting }) {
    Object.assign(this, { answered, refused, waiting, queue: [], busy: false, ended: false });
    addEventListener("beforeunload", (event) => { if (this.queue.length && !this.ended) event.preventDefault(); });
  }

  // What cannot be sent any more is not taken. *about* is kept with the message; *what* in it says in words what it is.
  send(path, make, about) {
    if (this.ended) return;
    this.queue.push({ path, make, ...about });
    this.waiting(this.queue.length, "");
    this.run();
  }

  async run() {
    if (this.busy) return;
    this.busy = true;
    while (this.queue.length) {
      const { path, make } = this.queue[0];
      let answer, value;
      try {
        answer = await post(path, make());
        value = await answer.json();
      } catch {
        this.end();
        await new Promise((done) => setTimeout(done, 2000));
        continue;
      }
      this.ended = false;
      if (answer.status === 422) {
        this.waiting(this.queue.length, value.sentence);
        await new Promise((done) => setTimeout(done, 2000));
        continue;
      }
      this.queue.shift();
      this.waiting(this.queue.length, "");
      if (answer.ok) this.answered(value, path);
      else await this.refused(value, path);
    }
    this.busy = false;
  }

  end() {
    this.ended = true;
    this.waiting(this.queue.length, new Ended().message);
  }
}
