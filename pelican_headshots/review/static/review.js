// Review: the machine proposes, a person decides. Keys, filters and what is sent; `sheet.js` and `print.js` show.

import { Ended, fetchState, fetchVersion, Outbox } from "./desk.js";
import { Print } from "./print.js";
import { Sheet, WORDS } from "./sheet.js";

const $ = (id) => document.getElementById(id);
// As the program last said; and as shown, with decisions of this page that are on their way.
const known = new Map(), photos = new Map();
let galleries = [], version = "", order = [];

const sheet = new Sheet($("sheet"), { looked: (id) => look(id), moved: (ids) => hang(ids), picked: (count) => print.together(count) });
const print = new Print({ focused: (point) => decide({ focus: point }, [sheet.cursor]) });
const outbox = new Outbox({
  answered(value, path) {
    const missed = value.before !== version;
    take(value);
    if (path === "undo") {
      say(`Taken back: ${value.undone}.`);
      if (value.photos.length && sheet.shown.includes(value.photos[0].id)) sheet.look(value.photos[0].id);
    }
    if (missed) load();
  },
  async refused(value) {
    await load();
    const [first] = value.conflicts || [];
    const which = first && [...photos.values()].find((photo) => photo.digest === first.digest);
    say(first ? `${which?.file ?? "It"}: somebody has said ${first.field} ${first.now ?? "nothing"} meanwhile. Nothing of yours was written; decide again if you still want to.` : value.sentence, 7000);
  },
  waiting(count, sentence) {
    $("trouble").hidden = !sentence;
    const rest = !outbox.ended ? ` ${count} decision${count > 1 ? "s wait" : " waits"} here.` : count ? ` Not written: ${outbox.queue.map((one) => one.what).join(", ")}.` : "";
    $("trouble").textContent = sentence && sentence + rest;
    $("written").textContent = outbox.ended ? "" : count ? "writing …" : version ? "all written" : "";
  },
});

async function load() {
  let value;
  try {
    value = await fetchState();
  } catch (error) {
    if (error instanceof Ended) return outbox.end();
    $("trouble").hidden = false;
    $("trouble").textContent = error.message;
    return;
  }
  outbox.ended = false;
  if (!outbox.queue.length) $("trouble").hidden = true;
  document.title = `Review · ${value.name}`;
  $("name").textContent = value.name;
  const there = new Set(value.photos.map((photo) => photo.id)), before = new Set(order);
  for (const id of known.keys()) if (!there.has(id)) { known.delete(id); photos.delete(id); sheet.forget(id); }
  // The least sure first; the order stays while the page is open, so that nothing jumps under the hand.
  const fresh = value.photos.filter((photo) => !before.has(photo.id));
  fresh.sort((a, b) => rank(a) - rank(b) || a.id.localeCompare(b.id));
  order = [...order.filter((id) => there.has(id)), ...fresh.map((photo) => photo.id)];
  const folder = $("folder").value;
  const folders = [...new Set(value.photos.map((photo) => photo.folder))].sort();
  $("folder").replaceChildren(new Option("every folder", "*"), ...folders.map((name) => new Option(name || "photos", name)));
  $("folder").value = folders.includes(folder) ? folder : "*";
  take(value, true);
}

const rank = (photo) => ("kind" in photo.said ? 2 : 0) + photo.machine.confidence - (photo.machine.unsure ? 1 : 0);

function take(value, whole = false) {
  version = value.version;
  galleries = value.galleries;
  for (const photo of value.photos) known.set(photo.id, photo);
  $("undo").disabled = !value.undoable;
  $("undo").title = value.undoable ? `Take back: ${value.undoes}` : "";
  outbox.waiting(outbox.queue.length, "");
  wear(whole ? [...known.keys()] : value.photos.map((photo) => photo.id), whole);
}

// What was decided is shown at once; a mark tells it from what is written.
function wear(ids, whole = false) {
  const coming = outbox.queue.filter((one) => one.path === "decide");
  for (const id of ids) {
    const photo = known.get(id);
    const mine = coming.filter((one) => one.digests.has(photo.digest));
    photos.set(id, mine.reduce((as, one) => wished(as, one.fields), photo));
  }
  if (whole || arranging()) return draw();
  for (const id of ids) sheet.tile(photos.get(id));
  sum();
  if (ids.includes(sheet.cursor)) look(sheet.cursor);
}

function wished(photo, fields) {
  const said = { ...photo.said };
  for (const [field, value] of Object.entries(fields)) if (value === null) delete said[field]; else said[field] = value;
  const { kind, unsure, confidence } = "kind" in said ? { kind: said.kind, unsure: false, confidence: 1 } : photo.machine;
  return { ...photo, said, kind, unsure, confidence, coming: true };
}

function look(id) {
  print.show(photos.get(id), photos.get(sheet.shown[sheet.shown.indexOf(id) + 1]));
  print.together(sheet.picked.size);
}

const counted = (n) => `${n} photograph${n === 1 ? "" : "s"}`;

function sum() {
  const every = [...photos.values()], unsure = every.filter((photo) => photo.unsure).length;
  const gallery = arranging() && galleries.find((one) => one.folder === $("folder").value);
  $("sum").textContent = gallery ? `${gallery.title}: ${counted(sheet.shown.length)} in hanging order. Drag them, or Alt with ← and →.`
    : `${counted(every.length)} · ${every.filter((photo) => "kind" in photo.said).length} decided`;
  $("ask").hidden = Boolean(gallery) || !unsure;
  $("ask").textContent = $("show").value === "unsure" ? "show all" : `${unsure} unsure: show them`;
}

function draw() {
  const show = $("show").value, folder = $("folder").value;
  const wanted = {
    all: () => true, unsure: (photo) => photo.unsure, decided: (photo) => Object.keys(photo.said).length,
    advice: (photo) => photo.advice?.length, hidden: (photo) => photo.said.hidden,
  }[show] || ((photo) => photo.kind === show);
  const gallery = arranging() && galleries.find((one) => one.folder === folder);
  const byDigest = new Map([...photos.values()].map((photo) => [photo.digest, photo]));
  const shown = gallery ? gallery.hung.map((digest) => byDigest.get(digest)).filter(Boolean)
    : order.map((id) => photos.get(id)).filter((photo) => photo && (folder === "*" || photo.folder === folder) && wanted(photo));
  // What was just decided stays in view until the filter is chosen anew.
  const there = new Set(shown);
  const all = gallery ? shown : order.map((id) => photos.get(id)).filter((photo) => photo && (there.has(photo) || draw.kept.has(photo.id)));
  sheet.show(all);
  sheet.draggable(Boolean(gallery));
  sum();
  if (!photos.has(sheet.cursor) || !sheet.shown.includes(sheet.cursor)) {
    if (all.length) sheet.look(all[0].id); else $("table").hidden = true;
  } else look(sheet.cursor);
}
draw.kept = new Set();

function decide(fields, ids = sheet.chosen) {
  const chosen = ids.map((id) => photos.get(id)).filter(Boolean);
  if (!chosen.length || outbox.ended) return;
  for (const photo of chosen) draw.kept.add(photo.id);
  const changes = chosen.map((photo) => ({
    digest: photo.digest, fields,
    seen: Object.fromEntries(Object.keys(fields).map((field) => [field, photo.said[field] ?? null])),
  }));
  outbox.send("decide", () => changes, {
    fields, digests: new Set(chosen.map((photo) => photo.digest)), what: chosen.length > 1 ? counted(chosen.length) : chosen[0].file,
  });
  wear(chosen.map((photo) => photo.id));
  say(chosen.length > 1 ? `${chosen.length} photographs` : "kind" in fields ? `${chosen[0].file}: ${WORDS[fields.kind] ?? "as proposed"}` : chosen[0].file);
}

function classify(kind) {
  const one = sheet.picked.size < 2, at = sheet.cursor;
  decide({ kind });
  if (one && kind && at === sheet.cursor) sheet.step(1);
}

// A gallery's new order; shown at once, as it will be written.
function hang(ids) {
  const gallery = galleries.find((one) => one.folder === $("folder").value);
  if (!gallery || outbox.ended) return;
  const wanted = ids.map((id) => photos.get(id).digest), seen = gallery.hung;
  gallery.hung = wanted;
  draw();
  sheet.look(sheet.cursor, true);
  outbox.send("arrange", () => ({ folder: gallery.folder, order: wanted, seen }), { what: `the order of ${gallery.title}` });
}

const arranging = () => $("arrange").getAttribute("aria-pressed") === "true";

function arrange(on) {
  if (on && $("folder").value === "*") $("folder").value = photos.get(sheet.cursor)?.folder ?? galleries[0]?.folder ?? "*";
  if (on && !galleries.some((one) => one.folder === $("folder").value && one.hung.length)) {
    return say("This folder hangs nothing on a wall.");
  }
  $("arrange").setAttribute("aria-pressed", String(on));
  document.body.classList.toggle("arranging", on);
  $("show").disabled = on;
  draw();
}

function nudge(by) {
  const ids = [...sheet.shown], at = ids.indexOf(sheet.cursor), to = at + by;
  if (at < 0 || to < 0 || to >= ids.length) return;
  ids.splice(to, 0, ...ids.splice(at, 1));
  hang(ids);
}

function edit() {
  const chosen = sheet.chosen.map((id) => photos.get(id));
  if (!chosen.length) return;
  const form = $("editor").querySelector("form");
  const common = (field, from) => chosen.every((photo) => photo[from][field] === chosen[0][from][field]) ? chosen[0][from][field] : undefined;
  for (const field of ["name", "role", "title", "alt", "caption"]) {
    form[field].value = form[field].was = common(field, "said") ?? "";
    form[field].placeholder = chosen.length > 1 && common(field, "said") === undefined && chosen.some((photo) => field in photo.said)
      ? "several" : common(field, "unsaid") ?? "";
  }
  form.hidden.checked = form.hidden.was = chosen.every((photo) => photo.said.hidden);
  form.gallery.value = form.gallery.was = String(common("gallery", "said") ?? "");
  $("editor-title").textContent = chosen.length > 1 ? `Words about ${chosen.length} photographs` : chosen[0].file;
  form.dataset.ids = JSON.stringify(chosen.map((photo) => photo.id));
  $("editor").showModal();
  form.name.focus();
}

function save() {
  const form = $("editor").querySelector("form"), fields = {};
  for (const field of ["name", "role", "title", "alt", "caption"]) {
    if (form[field].value.trim() !== form[field].was) fields[field] = form[field].value.trim() || null;
  }
  if (form.hidden.checked !== form.hidden.was) fields.hidden = form.hidden.checked || null;
  if (form.gallery.value !== form.gallery.was) fields.gallery = { "": null, "true": true, "false": false }[form.gallery.value];
  $("editor").close();
  if (Object.keys(fields).length) decide(fields, JSON.parse(form.dataset.ids));
  sheet.look(sheet.cursor, true);
}

let silence;
function say(text, time = 2200) {
  $("say").textContent = text;
  $("say").classList.add("on");
  clearTimeout(silence);
  silence = setTimeout(() => $("say").classList.remove("on"), time);
}

const KEYS = {
  h: () => classify("headshot"), p: () => classify("portrait"), n: () => classify("no-person"), x: () => decide({ kind: null }),
  e: edit, u: () => outbox.send("undo", () => ({}), { what: "undo" }), a: () => arrange(!arranging()), d: () => document.body.classList.toggle("marked"),
  t: () => { const photo = photos.get(sheet.cursor); if (photo?.former) decide(photo.former, [photo.id]); },
  " ": () => sheet.toggle(sheet.cursor), "?": () => $("keys").showModal(),
  Enter: () => { document.body.classList.toggle("loupe"); print.size(); },
  Escape: () => { document.body.classList.remove("loupe"); sheet.picked.clear(); sheet.mark(); print.size(); },
  Home: () => sheet.look(sheet.shown[0]), End: () => sheet.look(sheet.shown.at(-1)),
};

addEventListener("keydown", (event) => {
  if (document.querySelector("dialog[open]")) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && $("editor").open) { event.preventDefault(); save(); }
    return;
  }
  if (event.target.closest("select, input, textarea")) return;
  const command = event.ctrlKey || event.metaKey;
  if (command && event.key === "a") sheet.all();
  else if (command && event.key === "z") KEYS.u();
  else if (command) return;
  else if (event.altKey && arranging() && ["ArrowLeft", "ArrowRight"].includes(event.key)) nudge(event.key === "ArrowLeft" ? -1 : 1);
  else if (event.altKey) return;
  else if (print.key(event)) { /* it was for the focal point */ }
  else if (event.key === "ArrowLeft" || event.key === "ArrowRight") sheet.step(event.key === "ArrowLeft" ? -1 : 1, event.shiftKey);
  else if (event.key === "ArrowUp" || event.key === "ArrowDown") sheet.row(event.key === "ArrowDown", event.shiftKey);
  else if (event.target.closest("button") && (event.key === "Enter" || event.key === " ")) return;
  else if (KEYS[event.key]) KEYS[event.key]();
  else return;
  event.preventDefault();
});

for (const button of document.querySelectorAll("#kinds [data-kind]")) {
  button.addEventListener("click", () => (button.dataset.kind ? classify(button.dataset.kind) : KEYS.x()));
}
$("words").addEventListener("click", edit);
$("undo").addEventListener("click", KEYS.u);
$("ask").addEventListener("click", () => {
  $("show").value = $("show").value === "unsure" ? "all" : "unsure";
  $("show").dispatchEvent(new Event("change"));
});
$("help").addEventListener("click", KEYS["?"]);
$("arrange").addEventListener("click", KEYS.a);
$("cancel").addEventListener("click", () => $("editor").close());
$("save").addEventListener("click", (event) => { event.preventDefault(); save(); });
$("editor").addEventListener("submit", (event) => { event.preventDefault(); save(); });
for (const name of ["show", "folder"]) $(name).addEventListener("change", () => { draw.kept.clear(); if (arranging()) arrange(true); else draw(); });

setInterval(async () => {
  if (document.hidden || outbox.queue.length) return;
  let now;
  try {
    now = await fetchVersion();
  } catch {
    return outbox.end();
  }
  if ((outbox.ended || now && now !== version) && !outbox.queue.length) load();
}, 3000);

await load();
