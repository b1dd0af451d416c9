// The way to the program that runs behind this page. Decisions go one after the other and are never dropped: what could
// not be sent waits, and is sent again.

export async function fetchState() {
  const answer = await fetch("state");
  const value = await answer.json();
  if (!answer.ok) throw new Error(value.sentence);
  return value;
}

export async function fetchVersion() {
  const answer = await fetch("version");
  return answer.ok ? (await answer.json()).version : null;
}

// What is no longer wanted is given up: a browser has six connections, and decisions need one.
let wanted = new AbortController();
export async function fetchSlots(digest) {
  wanted.abort();
  wanted = new AbortController();
  return (await fetch(`slots/${digest}`, { signal: wanted.signal })).json();
}

export const picture = (digest, width) => `picture/${digest}?width=${width}`;

export class Outbox {
  // `make` builds a message at the moment it is sent, from what is known then; `answered` and `refused` take its answer.
  constructor({ answered, refused, waiting }) {
    Object.assign(this, { answered, refused, waiting, queue: [], busy: false });
    addEventListener("beforeunload", (event) => { if (this.queue.length) event.preventDefault(); });
  }

  // *about* is kept with the message for whoever wants to know what is on its way.
  send(path, make, about = {}) {
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
        answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(make()) });
        value = await answer.json();
      } catch {
        this.waiting(this.queue.length, "The program behind this page does not answer. Start pelican-headshots review again, and keep this page open.");
        await new Promise((done) => setTimeout(done, 2000));
        continue;
      }
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
}
