// One photograph, large: what was seen in it, what was said about it, what each slot shows of it, and its focal point.

import { fetchSlots, picture } from "./desk.js";
import { WORDS } from "./sheet.js";

const $ = (id) => document.getElementById(id);
const SHOWN = { name: "Name", role: "Role", title: "Title", alt: "Alternative text", caption: "Caption" };
const COLOURS = { gallery: { true: "hung in the gallery", false: "kept out of the gallery" } };

export class Print {
  constructor({ focused }) {
    Object.assign(this, { focused, photo: null, point: null, moving: false });
    addEventListener("resize", () => this.size());
    this.dragging();
  }

  show(photo) {
    const same = this.photo?.id === photo.id;
    this.photo = photo;
    $("table").hidden = false;
    if (!same) {
      this.moving = false;
      const url = picture(photo.digest, 1600), quick = picture(photo.digest, 480);
      $("print").style.backgroundImage = `url("${quick}"),linear-gradient(135deg,${photo.colours.join(",")})`;
      $("large").hidden = true;
      this.load(photo, url);
      $("large").alt = photo.said.alt ?? photo.unsaid.alt;
      this.size();
    }
    this.words(photo);
    this.marks(photo);
    this.place();
    this.slots(photo, same);
  }

  // The large picture takes its place when it is ready; until then the small one lies there.
  load(photo, url, tries = 0) {
    const full = new Image();
    full.onload = () => { if (this.photo?.digest === photo.digest) { $("large").src = full.src; $("large").hidden = false; } };
    full.onerror = () => setTimeout(() => { if (this.photo?.digest === photo.digest && tries < 90) this.load(photo, url, tries + 1); }, 500);
    full.src = tries ? `${url}&again=${tries}` : url;
  }

  size() {
    if (!this.photo) return;
    const ratio = this.photo.width / this.photo.height;
    const loupe = document.body.classList.contains("loupe");
    const high = innerHeight * (loupe ? .9 : innerWidth <= 900 ? .4 : .62);
    const wide = $("table").clientWidth - 34;
    const width = Math.min(wide, high * ratio);
    $("print").style.width = `${width}px`;
    $("print").style.height = `${width / ratio}px`;
  }

  words(photo) {
    const said = "kind" in photo.said;
    $("file").textContent = `${photo.id} · ${photo.width} × ${photo.height}`;
    const sure = `${Math.round(photo.machine.confidence * 100)} % sure${photo.machine.unsure ? ", so it asks you" : ""}`;
    const bits = [photo.scale, photo.key !== "normal" && photo.key].filter(Boolean).join(", ");
    $("verdict").textContent = said ? `You say ${WORDS[photo.kind]}` : `Looks like ${WORDS[photo.kind] === "no person" ? "nobody is in it" : "a " + WORDS[photo.kind]}`;
    $("verdict").append(Object.assign(document.createElement("small"), {
      textContent: (said ? `the machine thought ${WORDS[photo.machine.kind]}, ${sure}` : sure) + (bits ? ` · ${bits}` : ""),
    }));
    for (const button of document.querySelectorAll("#kinds [data-kind]")) button.classList.toggle("is", said && button.dataset.kind === photo.kind);
    list($("why"), photo.machine.why);
    list($("advice"), (photo.advice || []).map((one) => one.sentence));
    $("former").hidden = !photo.former;
    if (photo.former) {
      $("former").textContent = "Something was said about an earlier version of this file: " +
        Object.entries(photo.former).map(([field, value]) => `${field} ${value}`).join(", ") + ". Take it over with t.";
    }
    $("said").replaceChildren();
    for (const [field, label] of Object.entries(SHOWN)) {
      const value = photo.said[field] ?? photo.unsaid[field];
      if (!value) continue;
      $("said").append(Object.assign(document.createElement("dt"), { textContent: label }));
      $("said").append(Object.assign(document.createElement("dd"), { textContent: value, className: field in photo.said ? "" : "unsaid" }));
    }
    for (const [field, words] of [["gallery", COLOURS.gallery[photo.said.gallery]], ["hidden", photo.said.hidden && "shown nowhere"]]) {
      if (words) $("said").append(Object.assign(document.createElement("dt"), { textContent: field }), Object.assign(document.createElement("dd"), { textContent: words }));
    }
  }

  marks(photo) {
    const ns = "http://www.w3.org/2000/svg";
    $("marks").replaceChildren();
    const draw = (tag, attributes) => {
      const made = document.createElementNS(ns, tag);
      for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
      $("marks").append(made);
    };
    for (const face of photo.faces) {
      const [left, top, right, bottom] = face.box.map((edge) => edge * 1000);
      draw("rect", { x: left, y: top, width: right - left, height: bottom - top });
      const at = (point) => `${point[0] * 1000} ${point[1] * 1000}`;
      draw("path", { class: "line", d: `M${at(face.crown)}L${at(face.chin)}M${at(face.right_eye)}L${at(face.left_eye)}` });
      draw("path", { d: ["right_eye", "left_eye", "chin", "crown"].map((name) => `M${at(face[name])}h.01`).join("") });
    }
  }

  async slots(photo, same) {
    if (!same) $("slots").replaceChildren();
    const found = await fetchSlots(photo.digest).catch(() => []);
    if (this.photo?.digest !== photo.digest) return;
    $("slots").replaceChildren(...found.map((slot) => this.slot(photo, slot)));
  }

  slot(photo, { slot, box: [left, top, right, bottom], level, ratio }) {
    const figure = document.createElement("figure"), cut = document.createElement("div"), image = new Image();
    const [wide, high] = [right - left, bottom - top];
    cut.className = "cut";
    cut.style.aspectRatio = ratio;
    image.src = picture(photo.digest, 480);
    image.alt = "";
    image.style.cssText = `width:${100 / wide}%;height:${100 / high}%;left:${-left / wide * 100}%;top:${-top / high * 100}%;` +
      `transform-origin:${(left + right) * 50}% ${(top + bottom) * 50}%;transform:rotate(${level}deg)`;
    cut.append(image);
    figure.append(cut, Object.assign(document.createElement("figcaption"), { textContent: slot }));
    return figure;
  }

  // The focal point: where somebody put it, else faintly where the crops are built around.
  place() {
    const said = this.point ?? this.photo.wish ?? this.photo.said.focus;
    const face = this.photo.faces[0];
    const at = said ?? (face ? [(face.box[0] + face.box[2]) / 2, (face.box[1] + face.box[3]) / 2] : [.5, .45]);
    $("focus").style.left = `${at[0] * 100}%`;
    $("focus").style.top = `${at[1] * 100}%`;
    $("focus").className = [said && "said", this.moving && "moving"].filter(Boolean).join(" ");
    return at;
  }

  keep(point) {
    this.point = null;
    this.moving = false;
    // Until its answer comes the photograph wears what was wished for.
    this.photo.wish = point && point.map((value) => Math.round(Math.min(Math.max(value, 0), 1) * 1000) / 1000);
    this.place();
    this.focused(this.photo.wish);
  }

  // With the keyboard: f, arrows, Enter. True where the key was for the focal point.
  key(event) {
    if (!this.moving) {
      if (event.key !== "f" || !this.photo) return false;
      this.point = this.place();
      this.moving = true;
    } else {
      const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      const step = event.shiftKey ? .1 : .02;
      if (by) this.point = this.point.map((value, axis) => Math.min(Math.max(value + by[axis] * step, 0), 1));
      else if (event.key === "Enter" || event.key === "f") return this.keep(this.point), true;
      else if (event.key === "Delete" || event.key === "Backspace") return this.keep(null), true;
      else if (event.key === "Escape") { this.moving = false; this.point = null; } else return false;
    }
    this.place();
    return true;
  }

  dragging() {
    const print = $("print");
    const at = (event) => {
      const box = print.getBoundingClientRect();
      return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    };
    print.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      const start = [event.clientX, event.clientY];
      print.setPointerCapture(event.pointerId);
      const move = (now) => {
        if (!this.moving && Math.hypot(now.clientX - start[0], now.clientY - start[1]) < 4) return;
        this.moving = true;
        this.point = at(now).map((value) => Math.min(Math.max(value, 0), 1));
        this.place();
      };
      const end = (event) => {
        print.removeEventListener("pointermove", move);
        print.removeEventListener("pointerup", end);
        print.removeEventListener("pointercancel", end);
        if (this.moving && event.type === "pointerup") this.keep(this.point);
        else if (this.moving) { this.moving = false; this.point = null; this.place(); }
      };
      print.addEventListener("pointermove", move);
      print.addEventListener("pointerup", end);
      print.addEventListener("pointercancel", end);
    });
  }
}

function list(element, sentences) {
  element.replaceChildren(...sentences.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
}
