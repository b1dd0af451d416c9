// The review page: keys, filters, and edits. `sheet.js` and `photo_panel.js` show the photos.

import { DisconnectedError, fetchPhotos, fetchState, fetchVersion, Outbox } from "./connection.js";
import { GalleryEditor, makeEdit } from "./gallery_editor.js";
import { FIELD_LABELS, PhotoPanel } from "./photo_panel.js";
import { Preview } from "./preview.js";
import { Sheet, KIND_LABELS } from "./sheet.js";

const $ = (id) => document.getElementById(id);
const PHOTOS_AT_ONCE = 500, RETRY_MS = 300;
// `savedPhotos` is the last state from the server; `photos` also has the edits that are still being sent.
const savedPhotos = new Map(), photos = new Map();
// `order` has the ids of all photos, `outdated` those of photos that are still to be received, or received again.
let galleries = [], moods = [], homePhoto = "", version = "", order = [], outdated = [];

const sheet = new Sheet($("sheet"), { getPhoto: (id) => photos.get(id), onFocus: (id) => showPhoto(id), onReorder: (ids) => reorder(ids), onSelect: (count) => panel.showSelectionCount(count) });
const panel = new PhotoPanel({ onFocalPoint: (point) => decide({ focus: point }, [sheet.current]) });
const preview = new Preview();
const galleryEditor = new GalleryEditor({ onSave: (edits, gallery) => sendGalleryEdits(() => edits, `the gallery ${gallery.title}`) });
const outbox = new Outbox({
  onAnswer(value, path) {
    const missed = value.before !== version;
    update(value);
    if (path === "undo") {
      showMessage(`Undone: ${value.undone}.`);
      if (value.photos.length && sheet.visibleIds.includes(value.photos[0].id)) sheet.goTo(value.photos[0].id);
    }
    if (missed) load();
  },
  async onRejected(value) {
    await load();
    const [first] = value.conflicts || [];
    const which = first && [...photos.values()].find((photo) => photo.digest === first.subject)?.file;
    showMessage(first ? `${which ?? (first.subject || "photos")}: ${first.field} was changed elsewhere, to ${first.now ?? "nothing"}. Your change was not saved; make it again if you still want it.` : value.sentence, 7000);
  },
  onWaiting(count, sentence) {
    $("error").hidden = !sentence;
    const rest = !outbox.disconnected ? ` ${count} change${count > 1 ? "s are" : " is"} waiting to be saved.` : count ? ` Not saved: ${outbox.queue.map((one) => one.description).join(", ")}.` : "";
    $("error").textContent = sentence && sentence + rest;
    $("save-status").textContent = outbox.disconnected ? "" : count ? "saving …" : version ? "saved" : "";
  },
});

async function load() {
  let value;
  try {
    value = await fetchState();
  } catch (error) {
    if (error instanceof DisconnectedError) return outbox.disconnect();
    $("error").hidden = false;
    $("error").textContent = error.message;
    return;
  }
  outbox.disconnected = false;
  if (!outbox.queue.length) $("error").hidden = true;
  moods = value.moods;
  document.title = `Review · ${value.name}`;
  $("name").textContent = value.name;
  const there = new Set(value.order), before = new Set(order);
  for (const id of savedPhotos.keys()) if (!there.has(id)) { savedPhotos.delete(id); photos.delete(id); sheet.remove(id); }
  // The least certain first. The order is kept while the page is open, so that photos do not move during the work.
  order = [...order.filter((id) => there.has(id)), ...value.order.filter((id) => !before.has(id))];
  const folder = $("folder").value;
  const folders = [...new Set(order.map(folderOf))].sort();
  $("folder").replaceChildren(new Option("all folders", "*"), ...folders.map((name) => new Option(name || "photos", name)));
  $("folder").value = folders.includes(folder) ? folder : "*";
  const received = new Set(value.photos.map((photo) => photo.id));
  outdated = value.order.filter((id) => !received.has(id));
  update(value, true);
  loadOutdated();
}

// Receive the photos that the state did not contain, a part at a time.
async function loadOutdated() {
  if (loadOutdated.isRunning) return;
  loadOutdated.isRunning = true;
  while (outdated.length && !outbox.disconnected) {
    const value = await fetchPhotos(outdated.slice(0, PHOTOS_AT_ONCE)).catch(() => outbox.disconnect());
    if (value?.version === version) {
      outdated = outdated.slice(PHOTOS_AT_ONCE);
      for (const photo of value.photos) savedPhotos.set(photo.id, photo);
      refresh(value.photos.map((photo) => photo.id), true);
      continue;
    }
    // A decision has been written meanwhile, by this page or elsewhere.
    await new Promise((done) => setTimeout(done, RETRY_MS));
    if (value && value.version !== version && !outbox.queue.length) await load();
  }
  loadOutdated.isRunning = false;
}

const folderOf = (id) => id.split("/").slice(0, -1).join("/");

function update(value, whole = false) {
  const isChanged = version !== value.version;
  version = value.version;
  galleries = value.galleries;
  homePhoto = value.home_photo;
  for (const photo of value.photos) savedPhotos.set(photo.id, photo);
  $("undo").disabled = !value.undoable;
  $("undo").title = value.undoable ? `Undo: ${value.undoes}` : "";
  outbox.onWaiting(outbox.queue.length, "");
  refresh(whole ? [...savedPhotos.keys()] : value.photos.map((photo) => photo.id), whole);
  if (photos.has(sheet.current)) {
    showUses(photos.get(sheet.current));
    if (isChanged) panel.requestCrops(photos.get(sheet.current), true);
  }
  if (isChanged) preview.refresh();
}

// Edits are shown at once, with a mark until they are saved.
function refresh(ids, whole = false) {
  const pending = outbox.queue.filter((one) => one.path === "decide");
  for (const id of ids) {
    const photo = savedPhotos.get(id);
    const mine = pending.filter((one) => one.digests.has(photo.digest));
    photos.set(id, mine.reduce((as, one) => applyFields(as, one.fields), photo));
  }
  if (whole || isArranging()) return draw(ids.includes(sheet.current));
  for (const id of ids) sheet.update(photos.get(id));
  showSummary();
  if (ids.includes(sheet.current)) showPhoto(sheet.current);
}

function applyFields(photo, fields) {
  const note = { ...photo.note };
  for (const [field, value] of Object.entries(fields)) if (value === null) delete note[field]; else note[field] = value;
  const { kind, unsure, confidence } = "kind" in note ? { kind: note.kind, unsure: false, confidence: 1 } : photo.automatic;
  return { ...photo, note, kind, unsure, confidence, pending: true };
}

function showPhoto(id) {
  panel.show(photos.get(id), photos.get(sheet.visibleIds[sheet.visibleIds.indexOf(id) + 1]));
  panel.showSelectionCount(sheet.selected.size);
  showUses(photos.get(id));
  preview.follow(photos.get(id));
}

const galleryOf = (folder) => galleries.find((one) => one.folder === folder && one.order.length);
const isCover = (photo) => galleryOf(photo.folder)?.note.cover === photo.file;
const isHomePhoto = (photo) => homePhoto === photo.id;

function showUses(photo) {
  $("as-cover").disabled = !galleryOf(photo.folder)?.order.includes(photo.digest);
  $("as-cover").setAttribute("aria-pressed", String(isCover(photo)));
  $("as-home-photo").disabled = $("as-cover").disabled;
  $("as-home-photo").setAttribute("aria-pressed", String(isHomePhoto(photo)));
}

const sendGalleryEdits = (makeEdits, description) => outbox.send("gallery", makeEdits, { description });

function toggleCover() {
  const photo = photos.get(sheet.current);
  if (!photo || $("as-cover").disabled) return showMessage("This photo is in no gallery.");
  const cover = isCover(photo) ? null : photo.file;
  sendGalleryEdits(() => [makeEdit(galleryOf(photo.folder) ?? { folder: photo.folder, note: {} }, { cover })], `the cover ${photo.file}`);
}

function toggleHomePhoto() {
  const photo = photos.get(sheet.current);
  if (!photo || $("as-home-photo").disabled) return showMessage("This photo is in no gallery.");
  const cover = isHomePhoto(photo) ? null : photo.id;
  sendGalleryEdits(() => [makeEdit({ folder: "", note: homePhoto ? { cover: homePhoto } : {} }, { cover })], "the photo of the home page");
}

function openGalleryEditor() {
  const folder = $("folder").value === "*" ? photos.get(sheet.current)?.folder : $("folder").value;
  const gallery = galleries.find((one) => one.folder === folder);
  if (!gallery) return showMessage("All photos of this folder are hidden.");
  const byDigest = new Map([...photos.values()].filter((photo) => photo.folder === folder).map((photo) => [photo.digest, photo.file]));
  const files = gallery.order.map((digest) => byDigest.get(digest)).filter(Boolean);
  galleryEditor.open(gallery, galleries.filter((one) => one.order.length && folderOf(one.folder) === folderOf(folder)), files, moods);
}

const countPhotos = (n) => `${n} photo${n === 1 ? "" : "s"}`;

function showSummary() {
  const every = [...photos.values()], unsure = every.filter((photo) => photo.unsure).length;
  const gallery = isArranging() && galleries.find((one) => one.folder === $("folder").value);
  $("summary").textContent = gallery ? `${gallery.title}: drag the ${countPhotos(sheet.visibleIds.length)} into their order, or use Alt with ← and →.`
    : every.length < order.length ? `${every.length} of ${countPhotos(order.length)} loaded …`
    : `${countPhotos(every.length)} · ${every.filter((photo) => "kind" in photo.note).length} decided`;
  $("show-unsure").hidden = Boolean(gallery) || !unsure;
  $("show-unsure").textContent = $("show").value === "unsure" ? "show all" : `${unsure} to check`;
}

function draw(isCurrentChanged = true) {
  const show = $("show").value, folder = $("folder").value;
  const wanted = {
    all: () => true, unsure: (photo) => photo.unsure, decided: (photo) => Object.keys(photo.note).length,
    advice: (photo) => photo.advice?.length, hidden: (photo) => photo.note.hidden,
  }[show] || ((photo) => photo.kind === show);
  const gallery = isArranging() && galleries.find((one) => one.folder === folder);
  const byDigest = new Map([...photos.values()].map((photo) => [photo.digest, photo]));
  const shown = gallery ? gallery.order.map((digest) => byDigest.get(digest)).filter(Boolean)
    : order.map((id) => photos.get(id)).filter((photo) => photo && (folder === "*" || photo.folder === folder) && wanted(photo));
  // Photos just edited stay visible until the filter changes.
  const there = new Set(shown);
  const all = gallery ? shown : order.map((id) => photos.get(id)).filter((photo) => photo && (there.has(photo) || draw.kept.has(photo.id)));
  sheet.show(all.map((photo) => photo.id));
  sheet.setDraggable(Boolean(gallery));
  showSummary();
  if (!photos.has(sheet.current) || !sheet.visibleIds.includes(sheet.current)) {
    if (all.length) sheet.goTo(all[0].id); else $("panel").hidden = true;
  } else if (isCurrentChanged) showPhoto(sheet.current);
}
draw.kept = new Set();

function decide(fields, ids = sheet.chosenIds) {
  const chosen = ids.map((id) => photos.get(id)).filter(Boolean);
  if (!chosen.length || outbox.disconnected) return;
  for (const photo of chosen) draw.kept.add(photo.id);
  const changes = chosen.map((photo) => ({
    digest: photo.digest, fields,
    seen: Object.fromEntries(Object.keys(fields).map((field) => [field, photo.note[field] ?? null])),
  }));
  outbox.send("decide", () => changes, {
    fields, digests: new Set(chosen.map((photo) => photo.digest)), description: chosen.length > 1 ? countPhotos(chosen.length) : chosen[0].file,
  });
  refresh(chosen.map((photo) => photo.id));
  showMessage(chosen.length > 1 ? countPhotos(chosen.length) : "kind" in fields ? `${chosen[0].file}: ${KIND_LABELS[fields.kind] ?? "automatic"}` : chosen[0].file);
}

function classify(kind) {
  const one = sheet.selected.size < 2, at = sheet.current;
  decide({ kind });
  if (one && kind && at === sheet.current) sheet.step(1);
}

// Save a new order of a gallery; it is shown at once.
function reorder(ids) {
  const gallery = galleries.find((one) => one.folder === $("folder").value);
  if (!gallery || outbox.disconnected) return;
  if (!areAllLoaded()) return showMessage(STILL_LOADING);
  const wanted = ids.map((id) => photos.get(id).digest), seen = gallery.order;
  gallery.order = wanted;
  draw();
  sheet.goTo(sheet.current, true);
  outbox.send("arrange", () => ({ folder: gallery.folder, order: wanted, seen }), { description: `the order of ${gallery.title}` });
}

// Without all photos, an order of a gallery would lack those that are missing.
const areAllLoaded = () => photos.size === order.length;
const STILL_LOADING = "The photos are still being loaded.";

const isArranging = () => $("arrange").getAttribute("aria-pressed") === "true";

function setArranging(on) {
  const folder = $("folder").value === "*" ? photos.get(sheet.current)?.folder ?? galleries[0]?.folder : $("folder").value;
  if (on && !areAllLoaded()) return showMessage(STILL_LOADING);
  if (on && !galleryOf(folder)) return showMessage("This folder has no gallery.");
  if (on) $("folder").value = folder;
  $("arrange").setAttribute("aria-pressed", String(on));
  document.body.classList.toggle("arranging", on);
  $("show").disabled = on;
  draw();
}

function moveCurrent(by) {
  const ids = [...sheet.visibleIds], at = ids.indexOf(sheet.current), to = at + by;
  if (at < 0 || to < 0 || to >= ids.length) return;
  ids.splice(to, 0, ...ids.splice(at, 1));
  reorder(ids);
}

function openEditor() {
  const chosen = sheet.chosenIds.map((id) => photos.get(id));
  if (!chosen.length) return;
  const form = $("editor").querySelector("form");
  const common = (field, from) => chosen.every((photo) => photo[from][field] === chosen[0][from][field]) ? chosen[0][from][field] : undefined;
  for (const field of Object.keys(FIELD_LABELS)) {
    form[field].value = form[field].was = common(field, "note") ?? "";
    form[field].placeholder = chosen.length > 1 && common(field, "note") === undefined && chosen.some((photo) => field in photo.note)
      ? "different texts" : common(field, "automatic_texts") ?? "";
  }
  form.hidden.checked = form.hidden.was = chosen.every((photo) => photo.note.hidden);
  form.gallery.value = form.gallery.was = String(common("gallery", "note") ?? "");
  $("editor-title").textContent = chosen.length > 1 ? `Edit text of ${countPhotos(chosen.length)}` : chosen[0].file;
  form.dataset.ids = JSON.stringify(chosen.map((photo) => photo.id));
  $("editor").showModal();
  form.name.focus();
}

function saveEditor() {
  const form = $("editor").querySelector("form"), fields = {};
  if (!form.reportValidity()) return;
  for (const field of Object.keys(FIELD_LABELS)) {
    if (form[field].value.trim() !== form[field].was) fields[field] = form[field].value.trim() || null;
  }
  if (form.hidden.checked !== form.hidden.was) fields.hidden = form.hidden.checked || null;
  if (form.gallery.value !== form.gallery.was) fields.gallery = { "": null, "true": true, "false": false }[form.gallery.value];
  $("editor").close();
  if (Object.keys(fields).length) decide(fields, JSON.parse(form.dataset.ids));
  sheet.goTo(sheet.current, true);
}

let messageTimer;
function showMessage(text, time = 2200) {
  $("message").textContent = text;
  $("message").classList.add("on");
  clearTimeout(messageTimer);
  messageTimer = setTimeout(() => $("message").classList.remove("on"), time);
}

const KEYS = {
  h: () => classify("headshot"), p: () => classify("portrait"), n: () => classify("no-person"), x: () => decide({ kind: null }),
  e: openEditor, u: () => outbox.send("undo", () => ({}), { description: "undo" }), a: () => setArranging(!isArranging()), d: () => document.body.classList.toggle("with-marks"),
  g: openGalleryEditor, v: () => preview.toggle(), c: toggleCover, C: toggleHomePhoto,
  t: () => { const photo = photos.get(sheet.current); if (photo?.earlier_note) decide(photo.earlier_note, [photo.id]); },
  " ": () => sheet.toggle(sheet.current), "?": () => $("keys").showModal(),
  Enter: () => { document.body.classList.toggle("enlarged"); panel.resize(); },
  Escape: () => { document.body.classList.remove("enlarged"); sheet.selected.clear(); sheet.updateSelection(); panel.resize(); },
  Home: () => sheet.goTo(sheet.visibleIds[0]), End: () => sheet.goTo(sheet.visibleIds.at(-1)),
};

addEventListener("keydown", (event) => {
  if (document.querySelector("dialog[open]")) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && $("editor").open) { event.preventDefault(); saveEditor(); }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && $("gallery-editor").open) { event.preventDefault(); galleryEditor.save(); }
    return;
  }
  if (event.target.closest("select, input, textarea")) return;
  const command = event.ctrlKey || event.metaKey;
  if (command && event.key === "a") sheet.selectAll();
  else if (command && event.key === "z") KEYS.u();
  else if (command) return;
  else if (event.altKey && isArranging() && ["ArrowLeft", "ArrowRight"].includes(event.key)) moveCurrent(event.key === "ArrowLeft" ? -1 : 1);
  else if (event.altKey) return;
  else if (panel.handleKey(event)) { /* the key moved the focal point */ }
  else if (event.key === "ArrowLeft" || event.key === "ArrowRight") sheet.step(event.key === "ArrowLeft" ? -1 : 1, event.shiftKey);
  else if (event.key === "ArrowUp" || event.key === "ArrowDown") sheet.stepRow(event.key === "ArrowDown", event.shiftKey);
  else if (event.target.closest("button") && (event.key === "Enter" || event.key === " ")) return;
  else if (KEYS[event.key]) KEYS[event.key]();
  else return;
  event.preventDefault();
});

for (const button of document.querySelectorAll("#kinds [data-kind]")) {
  button.addEventListener("click", () => (button.dataset.kind ? classify(button.dataset.kind) : KEYS.x()));
}
$("edit").addEventListener("click", openEditor);
$("undo").addEventListener("click", KEYS.u);
$("show-unsure").addEventListener("click", () => {
  $("show").value = $("show").value === "unsure" ? "all" : "unsure";
  $("show").dispatchEvent(new Event("change"));
});
$("help").addEventListener("click", KEYS["?"]);
$("arrange").addEventListener("click", KEYS.a);
$("edit-gallery").addEventListener("click", KEYS.g);
$("show-preview").addEventListener("click", KEYS.v);
$("as-cover").addEventListener("click", KEYS.c);
$("as-home-photo").addEventListener("click", KEYS.C);
$("cancel").addEventListener("click", () => $("editor").close());
$("save").addEventListener("click", (event) => { event.preventDefault(); saveEditor(); });
$("editor").addEventListener("submit", (event) => { event.preventDefault(); saveEditor(); });
for (const name of ["show", "folder"]) $(name).addEventListener("change", () => { draw.kept.clear(); sheet.reset(); if (isArranging()) setArranging(true); else draw(); });

setInterval(async () => {
  if (document.hidden || outbox.queue.length) return;
  let now;
  try {
    now = await fetchVersion();
  } catch {
    return outbox.disconnect();
  }
  if ((outbox.disconnected || now && now !== version) && !outbox.queue.length) load();
  else loadOutdated(); // if the connection was lost meanwhile
}, 3000);

await load();
