// One photograph, large: what was seen in it, what was said about it, what each slot shows of it, and its focal point.

import { fetchSlots, picture } from "./desk.js";
import { WORDS } from "./sheet.js";

const $ = (id) => document.getElementById(id);
const SHOWN = { name: "Name", role: "Role", title: "Title", alt: "Alternative text", caption: "Caption" };
const HUNG = { true: "hung in the gallery", false: "kept out of the gallery" };

export class Print {
  constructor({ focused }) {
    Object.assign(this, { focused, photo: null, point: null, moving: false });
    addEventListener("resize", () => this.size());
    this.dragging();
  }

  // *next* is fetched ahead.
  show(photo, next) {
    const same = this.photo?.id === photo.id;
    this.photo = photo;
    this.next = next;
    $("table").hidden = false;
    if (!same) {
      this.moving = false;
      const url = picture(photo.digest, 1600), quick = picture(photo.digest, 480);
      $("print").style.backgroundImage = `url("${quick}"),linear-gradient(135deg,${photo.colours.join(",")})`;
      $("large").hidden = true;
      this.load(photo, url);
      $("table").scrollTop = 0;
      this.size();
    }
    $("large").alt = photo.said.alt ?? photo.unsaid.alt;
    this.words(photo);
    this.marks(photo);
    this.place();
    this.slots(photo, same);
  }

  // How many are taken together: what is decided then is said of all of them.
  together(count) {
    $("together").hidden = count < 2;
    $("together").textContent = `${count} photographs are taken together: what you decide is said of all of them. Esc lets them go.`;
  }

  // The large picture takes its place when it is ready; until then the small one lies there.
  load(photo, url, tries = 0) {
    const full = new Image();
    full.onload = () => { if (this.photo?.digest === photo.digest) this.ready(full.src); };
    full.onerror = () => setTimeout(() => { if (this.photo?.digest === photo.digest && tries < 90) this.load(photo, url, tries + 1); }, 500);
    full.src = tries ? `${url}&again=${tries}` : url;
  }

  ready(source) {
    $("large").src = source;
    $("large").hidden = false;
    if (this.next) new Image().src = picture(this.next.digest, 1600);
  }

  size() {
    if (!this.photo) return;
    const ratio = this.photo.width / this.photo.height;
    const loupe = document.body.classList.contains("loupe");
    const high = innerHeight * (loupe ? .9 : innerWidth <= 900 ? .42 : .48);
    const wide = $("table").clientWidth - 34;
    const width = Math.min(wide, high * ratio);
    $("print").style.width = `${width}px`;
    $("print").style.height = `${width / ratio}px`;
  }

  words(photo) {
    const said = "kind" in photo.said, machine = photo.machine, sure = `${Math.round(machine.confidence * 100)} %`;
    $("file").textContent = photo.id;
    $("verdict").className = said ? "decided" : photo.unsure ? "unsure" : "";
    $("verdict").textContent = said ? `You say: ${WORDS[photo.kind]}` : photo.unsure ? `Is it a ${WORDS[machine.kind]}?`.replace("a no person", "without people") : { "headshot": "A headshot", "portrait": "A portrait", "no-person": "Nobody is in it" }[machine.kind];
    const thought = machine.confidence ? `the machine says ${WORDS[machine.kind]}, ${sure} sure` : "the machine could not look at it";
    $("verdict").append(Object.assign(document.createElement("small"), {
      textContent: said ? `${photo.coming ? "being written" : `written in ${photo.said_in}`} · ${thought}`
        : photo.unsure ? `${thought}: please decide` : `${sure} sure · right? Go on. Wrong? Say so`,
    }));
    document.querySelector('#kinds [data-kind=""]').disabled = !said;
    for (const button of document.querySelectorAll("#kinds [data-kind]")) button.classList.toggle("is", said && button.dataset.kind === photo.kind);
    const bits = [photo.scale, photo.key !== "normal" && photo.key, `${photo.width} × ${photo.height}`].filter(Boolean);
    list($("why"), [...machine.why, ...bits]);
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
    for (const [field, words] of [["gallery", HUNG[photo.said.gallery]], ["hidden", photo.said.hidden && "shown nowhere"]]) {
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

  // Asked for once the eye has come to rest: the program composes the whole folder for it.
  slots(photo, same) {
    if (!same) $("slots").replaceChildren();
    clearTimeout(this.resting);
    if (!photo.coming) this.resting = setTimeout(() => this.cut(photo), 700);
  }

  async cut(photo) {
    const found = await fetchSlots(photo.digest).catch(() => []);
    if (this.photo?.digest !== photo.digest) return;
    $("slots").replaceChildren(...found.map((slot) => this.slot(photo, slot)));
  }

  slot(photo, { slot, box: [left, top, right, bottom], level, ratio, ground }) {
    const figure = document.createElement("figure"), cut = document.createElement("div"), image = new Image();
    const [wide, high] = [right - left, bottom - top];
    cut.className = "cut";
    cut.style.aspectRatio = ratio;
    // Where a crop reaches beyond the picture the site continues the backdrop; its colours stand for that here.
    cut.style.background = ground ?? `linear-gradient(135deg,${photo.colours.join(",")})`;
    image.src = picture(photo.digest, 480);
    image.alt = "";
    let tries = 0;
    image.onerror = () => tries++ < 40 && setTimeout(() => { image.src = `${picture(photo.digest, 480)}&again=${tries}`; }, 500);
    image.style.cssText = `width:${100 / wide}%;height:${100 / high}%;left:${-left / wide * 100}%;top:${-top / high * 100}%;` +
      `transform-origin:${(left + right) * 50}% ${(top + bottom) * 50}%;transform:rotate(${level}deg)`;
    cut.append(image);
    figure.append(cut, Object.assign(document.createElement("figcaption"), { textContent: slot }));
    return figure;
  }

  // The focal point: where somebody put it, else faintly where the crops are built around.
  place() {
    const said = this.point ?? this.photo.said.focus;
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
    this.focused(point && point.map((value) => Math.round(Math.min(Math.max(value, 0), 1) * 1000) / 1000));
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
