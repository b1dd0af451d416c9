// The connection to the local server. Requests are signed with a key that this page received for the token in its address.
// Before each request the server must prove that it knows the key too, because another program may have taken the port
// since (review/server.py). Decisions are sent one after the other.

export class DisconnectedError extends Error {
  constructor() {
    super("This page is no longer connected to a review. Open the newest address in the terminal, or start pelican-headshots review again.");
  }
}

const JSON_HEADERS = { "Content-Type": "application/json" };
const bytes = (text) => new TextEncoder().encode(text);
const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

async function loadKey() {
  const token = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
  if (token) {
    const response = await fetch("/enter", { method: "POST", headers: JSON_HEADERS, body: JSON.stringify(token) }).catch(() => null);
    if (response?.ok) sessionStorage.setItem("review", await response.json());
    else sessionStorage.removeItem("review");
  }
  return crypto.subtle.importKey("raw", bytes(sessionStorage.getItem("review") ?? "none"), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
}
// A new address in the same window, perhaps of a later review.
addEventListener("hashchange", () => location.reload());

const key = await loadKey();
const sign = async (text) => hex(await crypto.subtle.sign("HMAC", key, bytes(text)));
const helloSignature = await sign("GET hello"), pictureSignature = await sign("GET picture"), siteSignature = await sign("GET site");

async function verifyServer() {
  const nonce = crypto.randomUUID();
  const response = await fetch(`/${helloSignature}/hello?${nonce}`).catch(() => null);
  if (!response?.ok || await response.text() !== await sign(`hello ${nonce}`)) throw new DisconnectedError();
}

const throwDisconnected = () => { throw new DisconnectedError(); };

async function get(path, query = "", signal) {
  await verifyServer();
  return fetch(`/${await sign(`GET ${path}`)}/${path}${query}`, { signal }).catch(throwDisconnected);
}

async function post(path, value) {
  const body = JSON.stringify(value);
  const signedPath = `${path}/${hex(await crypto.subtle.digest("SHA-256", bytes(body)))}`;
  await verifyServer();
  return fetch(`/${await sign(`POST ${signedPath}`)}/${signedPath}`, { method: "POST", headers: JSON_HEADERS, body }).catch(throwDisconnected);
}

export async function fetchState() {
  const response = await get("state");
  const value = await response.json();
  if (!response.ok) throw new Error(value.sentence);
  return value;
}

// The photos with these ids: the state has only the first ones.
export async function fetchPhotos(ids) {
  const response = await post("photos", ids);
  const value = await response.json();
  if (!response.ok) throw new Error(value.sentence);
  return value;
}

export async function fetchVersion() {
  const response = await get("version");
  return response.ok ? (await response.json()).version : null;
}

export async function fetchPages() {
  const response = await get("pages");
  const value = await response.json();
  if (!response.ok) throw new Error(value.sentence);
  return value;
}

// A request that is no longer needed is aborted: a browser has six connections, and decisions need one.
let cropRequest = new AbortController();
export async function fetchCrops(digest) {
  cropRequest.abort();
  cropRequest = new AbortController();
  return (await get("slots", `?of=${digest}`, cropRequest.signal)).json();
}

export const pictureUrl = (digest, width) => `/${pictureSignature}/picture?of=${digest}&width=${width}`;

// A page of the preview; `url` is relative to the root of the site.
export const siteUrl = (url) => `/${siteSignature}/site/${url}`;

export class Outbox {
  // `makeBody` is called when a message is sent; `onAnswer` and `onRejected` receive the response.
  constructor({ onAnswer, onRejected, onWaiting }) {
    Object.assign(this, { onAnswer, onRejected, onWaiting, queue: [], isSending: false, disconnected: false });
    addEventListener("beforeunload", (event) => { if (this.queue.length && !this.disconnected) event.preventDefault(); });
  }

  // Nothing is accepted while disconnected. `details` are kept with the message; `description` in them is shown to people.
  send(path, makeBody, details) {
    if (this.disconnected) return;
    this.queue.push({ path, makeBody, ...details });
    this.onWaiting(this.queue.length, "");
    this.run();
  }

  async run() {
    if (this.isSending) return;
    this.isSending = true;
    while (this.queue.length) {
      const { path, makeBody } = this.queue[0];
      let response, value;
      try {
        response = await post(path, makeBody());
        value = await response.json();
      } catch {
        this.disconnect();
        await new Promise((done) => setTimeout(done, 2000));
        continue;
      }
      this.disconnected = false;
      if (response.status === 422) {
        this.onWaiting(this.queue.length, value.sentence);
        await new Promise((done) => setTimeout(done, 2000));
        continue;
      }
      this.queue.shift();
      this.onWaiting(this.queue.length, "");
      if (response.ok) this.onAnswer(value, path);
      else await this.onRejected(value, path);
    }
    this.isSending = false;
  }

  disconnect() {
    this.disconnected = true;
    this.onWaiting(this.queue.length, new DisconnectedError().message);
  }
}
