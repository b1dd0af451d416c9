// The contact sheet: tiles of photos, the current photo, and the selection. Of a long list only a part is there, from `first` to
// `end`, which grows at both ends as they come near.

import { pictureUrl } from "./connection.js";

const TILES_AT_ONCE = 60, MAX_GAP = 2 * TILES_AT_ONCE;
const EMPTY_TILE = document.createElement("div"), ROW_END = document.createElement("span");
ROW_END.className = "row-end";
EMPTY_TILE.setAttribute("role", "option");
EMPTY_TILE.tabIndex = -1;
EMPTY_TILE.innerHTML = '<img class="loading" loading="lazy" decoding="async" alt="" draggable="false"><span class="tag"><b></b> <span></span></span>';
export const KIND_LABELS = { "headshot": "headshot", "portrait": "portrait", "no-person": "no person" };

export class Sheet {
  constructor(element, { getPhoto, onFocus, onReorder, onSelect }) {
    Object.assign(this, { element, getPhoto, onFocus, onReorder, onSelect, marked: new Set(), focusable: null, tiles: new Map(), visibleIds: [], first: 0, end: 0, isDraggable: false, current: null, selected: new Set(), anchor: null });
    element.addEventListener("click", (event) => {
      const tile = event.target.closest("[role=option]");
      if (!tile) return;
      if (event.shiftKey) this.selectTo(tile.dataset.id);
      else if (event.ctrlKey || event.metaKey) { this.toggle(tile.dataset.id); this.goTo(tile.dataset.id, true); }
      else this.goTo(tile.dataset.id);
    });
    // Pictures that are not ready yet are requested again.
    element.addEventListener("error", (event) => {
      const image = event.target;
      if (image.tagName === "IMG" && (image.attempts = (image.attempts || 0) + 1) < 90) {
        setTimeout(() => { image.src = `${image.src.replace(/&again=\d+/, "")}&again=${image.attempts}`; }, Math.min(400 * image.attempts, 2000));
      }
    }, true);
    element.addEventListener("load", (event) => event.target.classList.remove("loading"), true);
    this.nearEnds = new IntersectionObserver((entries) => {
      if (entries.some((one) => one.isIntersecting && one.target === element.lastElementChild)) this.reveal(this.first, this.end + TILES_AT_ONCE);
      if (entries.some((one) => one.isIntersecting && one.target === element.firstElementChild)) this.reveal(this.first - TILES_AT_ONCE, this.end);
    }, { root: element, rootMargin: "1500px" });
    this.enableDragging();
  }

  // `ids` are those of all photos of the list. At least as many tiles as before are there, so that the list does not jump.
  show(ids) {
    const at = ids.indexOf(this.current), isNew = !this.end;
    this.visibleIds = ids;
    if (at >= 0 && (at < this.first || at >= this.end)) [this.first, this.end] = [Math.max(0, at - TILES_AT_ONCE), at + TILES_AT_ONCE];
    this.first = Math.min(this.first, Math.max(0, ids.length - TILES_AT_ONCE));
    this.end = Math.min(ids.length, Math.max(this.end, this.first + TILES_AT_ONCE));
    const wanted = this.makeTiles(this.first, this.end);
    const kept = new Set(wanted);
    for (const child of [...this.element.children]) if (!kept.has(child)) child.remove();
    let next = this.element.firstElementChild;
    for (const tile of wanted) {
      if (tile === next) next = next.nextElementSibling;
      else this.element.insertBefore(tile, next);
    }
    if (!ids.length) this.element.append(Object.assign(document.createElement("p"), { className: "none", textContent: "No photos here." }));
    const visible = new Set(ids);
    this.selected = new Set([...this.selected].filter((id) => visible.has(id)));
    this.updateSelection();
    this.watchEnds();
    if (isNew && at >= 0) this.tiles.get(this.current).scrollIntoView({ block: "nearest" });
  }

  // Let the next list begin with few tiles.
  reset() {
    this.first = this.end = 0;
  }

  makeTiles(first, end) {
    return this.visibleIds.slice(first, end).map((id) => this.tile(this.getPhoto(id)));
  }

  // Add the tiles from `first` to `end` to those that are there. If they are far away, they take their place.
  reveal(first, end) {
    const { element } = this;
    [first, end] = [Math.max(0, first), Math.min(end, this.visibleIds.length)];
    if (first >= this.first && end <= this.end) return;
    if (first > this.end + MAX_GAP || end < this.first - MAX_GAP) {
      element.replaceChildren(...this.makeTiles(first, end));
      [this.first, this.end] = [first, end];
    }
    if (end > this.end) element.append(...this.makeTiles(this.end, end));
    if (first < this.first) {
      const { scrollHeight, scrollWidth } = element;
      // What is there keeps its rows and its place in the window.
      element.prepend(...this.makeTiles(first, this.first), ROW_END.cloneNode());
      element.scrollTop += element.scrollHeight - scrollHeight;
      element.scrollLeft += element.scrollWidth - scrollWidth;
    }
    [this.first, this.end] = [Math.min(first, this.first), Math.max(end, this.end)];
    this.watchEnds();
  }

  watchEnds() {
    this.nearEnds.disconnect();
    if (this.first) this.nearEnds.observe(this.element.firstElementChild);
    if (this.end < this.visibleIds.length) this.nearEnds.observe(this.element.lastElementChild);
  }

  // Show what has changed of a photo. Its tile may not be there yet.
  update(photo) {
    if (this.tiles.has(photo.id)) this.tile(photo);
  }

  tile(photo) {
    let tile = this.tiles.get(photo.id);
    if (!tile) {
      tile = EMPTY_TILE.cloneNode(true);
      tile.draggable = this.isDraggable;
      tile.dataset.id = photo.id;
      const ratio = Math.min(Math.max(photo.width / photo.height, .5), 2.6);
      tile.style.cssText = `flex:${ratio} 1 calc(var(--h)*${ratio});aspect-ratio:${ratio};max-width:calc(var(--h)*${ratio}*1.3)`;
      tile.style.backgroundImage = `linear-gradient(135deg,${photo.colors.join(",")})`;
      tile.firstChild.src = pictureUrl(photo.digest, 480);
      tile.setAttribute("aria-selected", String(this.selected.has(photo.id)));
      this.tiles.set(photo.id, tile);
    }
    tile.className = [photo.unsure && "unsure", "kind" in photo.note && "decided", photo.pending && "pending", photo.note.hidden && "hidden"].filter(Boolean).join(" ");
    const [kind, certainty] = tile.querySelectorAll(".tag > *");
    kind.textContent = KIND_LABELS[photo.kind];
    certainty.textContent = "kind" in photo.note ? "" : `${Math.round(photo.confidence * 100)} %`;
    tile.setAttribute("aria-label", `${photo.file}: ${KIND_LABELS[photo.kind]} ${"kind" in photo.note ? "decided by you" : certainty.textContent + " sure"}`);
    return tile;
  }

  remove(id) {
    this.tiles.get(id)?.remove();
    this.tiles.delete(id);
    this.marked.delete(id);
  }

  // Only tiles that changed are updated: there may be thousands.
  updateSelection() {
    for (const id of this.marked) if (!this.selected.has(id)) this.tiles.get(id)?.setAttribute("aria-selected", "false");
    for (const id of this.selected) if (!this.marked.has(id)) this.tiles.get(id)?.setAttribute("aria-selected", "true");
    this.marked = new Set(this.selected);
    if (this.focusable !== this.current) {
      const previous = this.tiles.get(this.focusable), now = this.tiles.get(this.current);
      if (previous) previous.tabIndex = -1;
      if (now) now.tabIndex = 0;
      this.focusable = this.current;
    }
    this.onSelect(this.selected.size);
  }

  // Make a photo the current one. The selection is cleared unless `keep`.
  goTo(id, keep = false) {
    const at = this.visibleIds.indexOf(id);
    if (at < 0) return;
    this.reveal(at - TILES_AT_ONCE, at + TILES_AT_ONCE);
    if (!keep) { this.selected.clear(); this.anchor = id; }
    this.current = id;
    this.updateSelection();
    const tile = this.tiles.get(id);
    tile.focus({ preventScroll: true });
    tile.scrollIntoView({ block: "nearest" });
    this.onFocus(id);
  }

  toggle(id) {
    if (!this.selected.delete(id)) this.selected.add(id);
    if (this.current && this.selected.size && !this.selected.has(this.current) && this.current !== id) this.selected.add(this.current);
    this.updateSelection();
  }

  selectTo(id) {
    const [from, to] = [this.visibleIds.indexOf(this.anchor ?? this.current), this.visibleIds.indexOf(id)];
    this.selected = new Set(this.visibleIds.slice(Math.max(0, Math.min(from, to)), Math.max(from, to) + 1));
    this.goTo(id, true);
  }

  selectAll() {
    this.selected = new Set(this.visibleIds);
    this.updateSelection();
  }

  // The photos that a decision is about: the selection, or else the current photo.
  get chosenIds() {
    return this.selected.size ? this.visibleIds.filter((id) => this.selected.has(id)) : this.current ? [this.current] : [];
  }

  step(by, extend = false) {
    const at = this.visibleIds.indexOf(this.current);
    const id = this.visibleIds[Math.min(Math.max(at + by, 0), this.visibleIds.length - 1)];
    if (extend) this.selectTo(id); else this.goTo(id);
  }

  // Go up or down to the nearest tile of the next row.
  stepRow(down, extend = false) {
    const here = this.tiles.get(this.current);
    if (!here) return;
    const at = this.visibleIds.indexOf(this.current);
    this.reveal(at - TILES_AT_ONCE, at + TILES_AT_ONCE);
    const middle = here.offsetLeft + here.offsetWidth / 2;
    let best = null, row = null;
    const order = down ? this.visibleIds : [...this.visibleIds].reverse();
    for (const id of order.slice(order.indexOf(this.current) + 1)) {
      const tile = this.tiles.get(id);
      if (tile.offsetTop === here.offsetTop) continue;
      if (row !== null && tile.offsetTop !== row) break;
      row = tile.offsetTop;
      const off = Math.abs(tile.offsetLeft + tile.offsetWidth / 2 - middle);
      if (!best || off < best.off) best = { id, off };
    }
    if (best) extend ? this.selectTo(best.id) : this.goTo(best.id);
  }

  enableDragging() {
    let dragged = null, target = null;
    const clear = () => { for (const tile of this.tiles.values()) tile.classList.remove("before", "after", "dragged"); };
    this.element.addEventListener("dragstart", (event) => {
      const tile = event.target.closest?.("[role=option]");
      if (!tile || !tile.draggable) return;
      dragged = this.selected.has(tile.dataset.id) ? this.chosenIds : [tile.dataset.id];
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", tile.dataset.id);
      for (const id of dragged) this.tiles.get(id)?.classList.add("dragged");
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
        const rest = this.visibleIds.filter((id) => !dragged.includes(id));
        rest.splice(rest.indexOf(target.id) + (target.after ? 1 : 0), 0, ...dragged);
        this.onReorder(rest);
      }
      dragged = target = null;
    });
    this.element.addEventListener("dragend", () => { clear(); dragged = target = null; });
  }

  setDraggable(on) {
    if (on === this.isDraggable) return;
    this.isDraggable = on;
    for (const tile of this.tiles.values()) tile.draggable = on;
  }
}
