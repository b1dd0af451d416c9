// The current photo in large: classification and reasons, texts, faces, focal point, and its crop for each slot.

import { fetchCrops, pictureUrl } from "./connection.js";
import { KIND_LABELS } from "./sheet.js";

const $ = (id) => document.getElementById(id);
export const FIELD_LABELS = { name: "Name", role: "Role", department: "Department", bio: "Bio", email: "E-mail", title: "Title", alt: "Alternative text", caption: "Caption" };
const GALLERY_LABELS = { true: "shown in the gallery", false: "not shown in the gallery" };

export class PhotoPanel {
  constructor({ onFocalPoint }) {
    Object.assign(this, { onFocalPoint, photo: null, point: null, isMoving: false });
    addEventListener("resize", () => this.resize());
    this.enableDragging();
  }

  // The picture of `next` is fetched in advance.
  show(photo, next) {
    const same = this.photo?.id === photo.id;
    this.photo = photo;
    this.next = next;
    $("panel").hidden = false;
    if (!same) {
      this.isMoving = false;
      const url = pictureUrl(photo.digest, 1600), quick = pictureUrl(photo.digest, 480);
      $("photo").style.backgroundImage = `url("${quick}"),linear-gradient(135deg,${photo.colors.join(",")})`;
      $("large").hidden = true;
      this.loadLarge(photo, url);
      $("panel").scrollTop = 0;
      this.resize();
    }
    $("large").alt = photo.note.alt ?? photo.automatic_texts.alt;
    this.showTexts(photo);
    this.showFaces(photo);
    this.placeFocalPoint();
    this.requestCrops(photo, same);
  }

  // Show how many photos are selected: a decision applies to all of them.
  showSelectionCount(count) {
    $("question").classList.toggle("several", count > 1);
    $("selection").textContent = `${count} photos: your decision applies to all.`;
  }

  // The small picture is shown until the large one is ready.
  loadLarge(photo, url, attempts = 0) {
    const full = new Image();
    full.onload = () => { if (this.photo?.digest === photo.digest) this.showLarge(full.src); };
    full.onerror = () => setTimeout(() => { if (this.photo?.digest === photo.digest && attempts < 90) this.loadLarge(photo, url, attempts + 1); }, 500);
    full.src = attempts ? `${url}&again=${attempts}` : url;
  }

  showLarge(source) {
    $("large").src = source;
    $("large").hidden = false;
    if (this.next) new Image().src = pictureUrl(this.next.digest, 1600);
  }

  resize() {
    if (!this.photo) return;
    const ratio = this.photo.width / this.photo.height;
    const isEnlarged = document.body.classList.contains("enlarged");
    const high = innerHeight * (isEnlarged ? .9 : innerWidth <= 900 ? .42 : .48);
    const wide = $("panel").clientWidth - 34;
    const width = Math.min(wide, high * ratio);
    $("photo").style.width = `${width}px`;
    $("photo").style.height = `${width / ratio}px`;
  }

  showTexts(photo) {
    const isDecided = "kind" in photo.note, automatic = photo.automatic, certainty = `${Math.round(automatic.confidence * 100)} %`;
    $("file").textContent = photo.id;
    $("verdict").className = isDecided ? "decided" : photo.unsure ? "unsure" : "";
    $("verdict").textContent = isDecided ? `Decided by you: ${KIND_LABELS[photo.kind]}` : photo.unsure ? `Is it a ${KIND_LABELS[automatic.kind]}?`.replace("Is it a no person", "No person") : { "headshot": "Headshot", "portrait": "Portrait", "no-person": "No person" }[automatic.kind];
    const guess = automatic.confidence ? `automatic: ${KIND_LABELS[automatic.kind]}, ${certainty} sure` : "it could not be analyzed";
    $("verdict").append(Object.assign(document.createElement("small"), {
      textContent: isDecided ? `${guess} · ${photo.pending ? "saving" : `saved in ${photo.note_file}`}`
        : photo.unsure ? `${guess}: please check` : `${certainty} sure`,
    }));
    document.querySelector('#kinds [data-kind=""]').disabled = !isDecided;
    for (const button of document.querySelectorAll("#kinds [data-kind]")) button.classList.toggle("is", isDecided && button.dataset.kind === photo.kind);
    const bits = [photo.scale, photo.key !== "normal" && photo.key, `${photo.width} × ${photo.height}`].filter(Boolean);
    list($("why"), [...automatic.why, ...bits]);
    list($("advice"), (photo.advice || []).map((one) => one.sentence));
    $("former").hidden = !photo.earlier_note;
    if (photo.earlier_note) {
      $("former").textContent = "There are notes about an earlier version of this file: " +
        Object.entries(photo.earlier_note).map(([field, value]) => `${field} ${value}`).join(", ") + ". Copy them with t.";
    }
    $("texts").replaceChildren();
    for (const [field, label] of Object.entries(FIELD_LABELS)) {
      const value = photo.note[field] ?? photo.automatic_texts[field];
      if (!value) continue;
      $("texts").append(Object.assign(document.createElement("dt"), { textContent: label }));
      $("texts").append(Object.assign(document.createElement("dd"), { textContent: value, className: field in photo.note ? "" : "automatic" }));
    }
    for (const [field, words] of [["gallery", GALLERY_LABELS[photo.note.gallery]], ["hidden", photo.note.hidden && "not in the site"]]) {
      if (words) $("texts").append(Object.assign(document.createElement("dt"), { textContent: field }), Object.assign(document.createElement("dd"), { textContent: words }));
    }
  }

  showFaces(photo) {
    $("marks").replaceChildren(...$("marks").querySelectorAll(".cut"));
    for (const face of photo.faces) {
      const [left, top, right, bottom] = face.box.map((edge) => edge * 1000);
      this.drawMark("rect", { x: left, y: top, width: right - left, height: bottom - top });
      const at = (point) => `${point[0] * 1000} ${point[1] * 1000}`;
      this.drawMark("path", { class: "line", d: `M${at(face.crown)}L${at(face.chin)}M${at(face.right_eye)}L${at(face.left_eye)}` });
      this.drawMark("path", { d: ["right_eye", "left_eye", "chin", "crown"].map((name) => `M${at(face[name])}h.01`).join("") });
    }
  }

  drawMark(tag, attributes) {
    const mark = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) mark.setAttribute(name, value);
    $("marks").append(mark);
  }

  // Requested after a short pause, because the server composes the whole folder for it.
  requestCrops(photo, same) {
    if (!same) { $("slots").replaceChildren(); this.warnOfCutHeads([]); }
    clearTimeout(this.cropTimer);
    if (!photo.pending) this.cropTimer = setTimeout(() => this.showCrops(photo), 700);
  }

  async showCrops(photo) {
    const found = await fetchCrops(photo.digest).catch(() => []);
    if (this.photo?.digest !== photo.digest) return;
    $("slots").replaceChildren(...found.map((slot) => this.createCropFigure(photo, slot)));
    this.warnOfCutHeads(found.filter((slot) => slot.cuts_head));
  }

  // Say which crops cut a face because of the focal point, and outline them on the large picture.
  warnOfCutHeads(slots) {
    const names = [...new Set(slots.map(({ slot }) => slot))];
    $("cut-warning").hidden = !slots.length;
    $("cut-warning").textContent = slots.length ? `With this focal point a face is cut in: ${names.join(", ")}. Move it closer to the face, or remove it with f and Delete.` : "";
    $("photo").classList.toggle("with-cuts", slots.length > 0);
    for (const outline of $("marks").querySelectorAll(".cut")) outline.remove();
    for (const { box: [left, top, right, bottom] } of slots) {
      this.drawMark("rect", { class: "cut", x: left * 1000, y: top * 1000, width: (right - left) * 1000, height: (bottom - top) * 1000 });
    }
  }

  createCropFigure(photo, { slot, box: [left, top, right, bottom], rotation_degrees: rotation, ratio, background, cuts_head: cutsHead }) {
    const figure = document.createElement("figure"), cut = document.createElement("div"), image = new Image();
    const [wide, high] = [right - left, bottom - top];
    cut.className = "cut";
    figure.classList.toggle("cuts-head", cutsHead);
    cut.style.aspectRatio = ratio;
    // If a crop extends beyond the picture, the site extends the background; here its colors fill the area.
    cut.style.background = background ?? `linear-gradient(135deg,${photo.colors.join(",")})`;
    image.src = pictureUrl(photo.digest, 480);
    image.alt = "";
    let attempts = 0;
    image.onerror = () => attempts++ < 40 && setTimeout(() => { image.src = `${pictureUrl(photo.digest, 480)}&again=${attempts}`; }, 500);
    image.style.cssText = `width:${100 / wide}%;height:${100 / high}%;left:${-left / wide * 100}%;top:${-top / high * 100}%;` +
      `transform-origin:${(left + right) * 50}% ${(top + bottom) * 50}%;transform:rotate(${rotation}deg)`;
    cut.append(image);
    figure.append(cut, Object.assign(document.createElement("figcaption"), { textContent: cutsHead ? `${slot}: cuts a face` : slot }));
    return figure;
  }

  // Show the focal point from the notes, or else faintly the point around which crops are made.
  placeFocalPoint() {
    const chosen = this.point ?? this.photo.note.focus;
    const face = this.photo.faces[0];
    const at = chosen ?? (face ? [(face.box[0] + face.box[2]) / 2, (face.box[1] + face.box[3]) / 2] : [.5, .45]);
    $("focus").style.left = `${at[0] * 100}%`;
    $("focus").style.top = `${at[1] * 100}%`;
    $("focus").className = [chosen && "set", this.isMoving && "moving"].filter(Boolean).join(" ");
    return at;
  }

  saveFocalPoint(point) {
    this.point = null;
    this.isMoving = false;
    this.onFocalPoint(point && point.map((value) => Math.round(Math.min(Math.max(value, 0), 1) * 1000) / 1000));
  }

  // Move the focal point with f, arrows and Enter. Returns true if the key was used.
  handleKey(event) {
    if (!this.isMoving) {
      if (event.key !== "f" || !this.photo) return false;
      this.point = this.placeFocalPoint();
      this.isMoving = true;
    } else {
      const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      const step = event.shiftKey ? .1 : .02;
      if (by) this.point = this.point.map((value, axis) => Math.min(Math.max(value + by[axis] * step, 0), 1));
      else if (event.key === "Enter" || event.key === "f") return this.saveFocalPoint(this.point), true;
      else if (event.key === "Delete" || event.key === "Backspace") return this.saveFocalPoint(null), true;
      else if (event.key === "Escape") { this.isMoving = false; this.point = null; } else return false;
    }
    this.placeFocalPoint();
    return true;
  }

  enableDragging() {
    const element = $("photo");
    const at = (event) => {
      const box = element.getBoundingClientRect();
      return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    };
    element.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      const start = [event.clientX, event.clientY];
      element.setPointerCapture(event.pointerId);
      const move = (now) => {
        if (!this.isMoving && Math.hypot(now.clientX - start[0], now.clientY - start[1]) < 4) return;
        this.isMoving = true;
        this.point = at(now).map((value) => Math.min(Math.max(value, 0), 1));
        this.placeFocalPoint();
      };
      const end = (event) => {
        element.removeEventListener("pointermove", move);
        element.removeEventListener("pointerup", end);
        element.removeEventListener("pointercancel", end);
        if (this.isMoving && event.type === "pointerup") this.saveFocalPoint(this.point);
        else if (this.isMoving) { this.isMoving = false; this.point = null; this.placeFocalPoint(); }
      };
      element.addEventListener("pointermove", move);
      element.addEventListener("pointerup", end);
      element.addEventListener("pointercancel", end);
    });
  }
}

function list(element, sentences) {
  element.replaceChildren(...sentences.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
}
