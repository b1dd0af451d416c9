// The contact sheet: every photograph as a tile; which of them is looked at, and which are taken together.

import { picture } from "./desk.js";

export const WORDS = { "headshot": "headshot", "portrait": "portrait", "no-person": "no person" };

export class Sheet {
  constructor(element, { looked, moved, picked }) {
    Object.assign(this, { element, looked, moved, taken: picked, marked: new Set(), reachable: null, tiles: new Map(), shown: [], cursor: null, picked: new Set(), anchor: null });
    element.addEventListener("click", (event) => {
      const tile = event.target.closest("[role=option]");
      if (!tile) return;
      if (event.shiftKey) this.reach(tile.dataset.id);
      else if (event.ctrlKey || event.metaKey) { this.toggle(tile.dataset.id); this.look(tile.dataset.id, true); }
      else this.look(tile.dataset.id);
    });
    // Pictures that are not ready yet are asked for again.
    element.addEventListener("error", (event) => {
      const image = event.target;
      if (image.tagName === "IMG" && (image.tries = (image.tries || 0) + 1) < 90) {
        setTimeout(() => { image.src = `${image.src.replace(/&again=\d+/, "")}&again=${image.tries}`; }, Math.min(400 * image.tries, 2000));
      }
    }, true);
    element.addEventListener("load", (event) => event.target.classList.remove("late"), true);
    this.dragging();
  }

  show(photos) {
    this.shown = photos.map((photo) => photo.id);
    const wanted = photos.map((photo) => this.tile(photo));
    const staying = new Set(wanted);
    for (const child of [...this.element.children]) if (!staying.has(child)) child.remove();
    let next = this.element.firstElementChild;
    for (const tile of wanted) {
      if (tile === next) next = next.nextElementSibling;
      else this.element.insertBefore(tile, next);
    }
    if (!photos.length) this.element.append(Object.assign(document.createElement("p"), { className: "none", textContent: "No photograph here." }));
    const ids = new Set(this.shown);
    this.picked = new Set([...this.picked].filter((id) => ids.has(id)));
    this.mark();
  }

  tile(photo) {
    let tile = this.tiles.get(photo.id);
    if (!tile) {
      tile = document.createElement("div");
      tile.setAttribute("role", "option");
      tile.tabIndex = -1;
      tile.setAttribute("aria-selected", "false");
      tile.dataset.id = photo.id;
      const ratio = Math.min(Math.max(photo.width / photo.height, .5), 2.6);
      tile.style.cssText = `flex:${ratio} 1 calc(var(--h)*${ratio});aspect-ratio:${ratio};max-width:calc(var(--h)*${ratio}*1.7)`;
      tile.style.backgroundImage = `linear-gradient(135deg,${photo.colours.join(",")})`;
      tile.innerHTML = '<img class="late" loading="lazy" decoding="async" alt="" draggable="false"><span class="tag"><b></b><span></span></span>';
      tile.firstChild.src = picture(photo.digest, 480);
      this.tiles.set(photo.id, tile);
    }
    tile.className = [photo.unsure && "unsure", "kind" in photo.said && "decided", photo.coming && "coming", photo.said.hidden && "hidden"].filter(Boolean).join(" ");
    const [kind, sure] = tile.querySelectorAll(".tag > *");
    kind.textContent = WORDS[photo.kind];
    sure.textContent = "kind" in photo.said ? "" : `${Math.round(photo.confidence * 100)} %`;
    tile.setAttribute("aria-label", `${photo.file}: ${WORDS[photo.kind]}, ${"kind" in photo.said ? "decided by you" : sure.textContent + " sure"}`);
    return tile;
  }

  forget(id) {
    this.tiles.get(id)?.remove();
    this.tiles.delete(id);
    this.marked.delete(id);
  }

  // Only tiles that changed are touched: there may be thousands.
  mark() {
    for (const id of this.marked) if (!this.picked.has(id)) this.tiles.get(id)?.setAttribute("aria-selected", "false");
    for (const id of this.picked) if (!this.marked.has(id)) this.tiles.get(id)?.setAttribute("aria-selected", "true");
    this.marked = new Set(this.picked);
    if (this.reachable !== this.cursor) {
      const former = this.tiles.get(this.reachable), now = this.tiles.get(this.cursor);
      if (former) former.tabIndex = -1;
      if (now) now.tabIndex = 0;
      this.reachable = this.cursor;
    }
    this.taken(this.picked.size);
  }

  // Look at one; what was taken is let go, unless *keep*.
  look(id, keep = false) {
    if (!id || !this.tiles.has(id)) return;
    if (!keep) { this.picked.clear(); this.anchor = id; }
    this.cursor = id;
    this.mark();
    const tile = this.tiles.get(id);
    tile.focus({ preventScroll: true });
    tile.scrollIntoView({ block: "nearest" });
    this.looked(id);
  }

  toggle(id) {
    if (!this.picked.delete(id)) this.picked.add(id);
    if (this.cursor && this.picked.size && !this.picked.has(this.cursor) && this.cursor !== id) this.picked.add(this.cursor);
    this.mark();
  }

  reach(id) {
    const [from, to] = [this.shown.indexOf(this.anchor ?? this.cursor), this.shown.indexOf(id)];
    this.picked = new Set(this.shown.slice(Math.max(0, Math.min(from, to)), Math.max(from, to) + 1));
    this.look(id, true);
  }

  all() {
    this.picked = new Set(this.shown);
    this.mark();
  }

  // What a decision is about: those taken, or else the one looked at.
  get chosen() {
    return this.picked.size ? this.shown.filter((id) => this.picked.has(id)) : this.cursor ? [this.cursor] : [];
  }

  step(by, extend = false) {
    const at = this.shown.indexOf(this.cursor);
    const id = this.shown[Math.min(Math.max(at + by, 0), this.shown.length - 1)];
    if (extend) this.reach(id); else this.look(id);
  }

  // Up or down: the tile of the next row that lies nearest.
  row(down, extend = false) {
    const here = this.tiles.get(this.cursor);
    if (!here) return;
    const middle = here.offsetLeft + here.offsetWidth / 2;
    let best = null, row = null;
    const order = down ? this.shown : [...this.shown].reverse();
    for (const id of order.slice(order.indexOf(this.cursor) + 1)) {
      const tile = this.tiles.get(id);
      if (tile.offsetTop === here.offsetTop) continue;
      if (row !== null && tile.offsetTop !== row) break;
      row = tile.offsetTop;
      const off = Math.abs(tile.offsetLeft + tile.offsetWidth / 2 - middle);
      if (!best || off < best.off) best = { id, off };
    }
    if (best) extend ? this.reach(best.id) : this.look(best.id);
  }

  dragging() {
    let dragged = null, target = null;
    const clear = () => { for (const tile of this.tiles.values()) tile.classList.remove("before", "after", "dragged"); };
    this.element.addEventListener("dragstart", (event) => {
      const tile = event.target.closest?.("[role=option]");
      if (!tile || !tile.draggable) return;
      dragged = this.picked.has(tile.dataset.id) ? this.chosen : [tile.dataset.id];
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", tile.dataset.id);
      for (const id of dragged) this.tiles.get(id).classList.add("dragged");
    });
    this.element.addEventListener("dragover", (event) => {
      const tile = event.target.closest("[role=option]");
      if (!dragged || !tile) return;
      event.preventDefault();
      const box = tile.getBoundingClientRect();
      const after = event.clientX > box.left + box.width / 2;
      if (target) this.tiles.get(target.id)?.classList.remove("before", "after");
      tile.classList.add(after ? "after" : "before");
      target = { id: tile.dataset.id, after };
    });
    this.element.addEventListener("drop", (event) => {
      event.preventDefault();
      clear();
      if (dragged && target && !dragged.includes(target.id)) {
        const rest = this.shown.filter((id) => !dragged.includes(id));
        rest.splice(rest.indexOf(target.id) + (target.after ? 1 : 0), 0, ...dragged);
        this.moved(rest);
      }
      dragged = target = null;
    });
    this.element.addEventListener("dragend", () => { clear(); dragged = target = null; });
  }

  draggable(on) {
    for (const tile of this.tiles.values()) tile.draggable = on;
  }
}
