// The dialog in which a gallery is edited: everything that its notes.toml says, except the order of its photos.

const $ = (id) => document.getElementById(id);
const FIELDS = ["title", "intro", "mood", "cover", "arrangement", "framing"];

export class GalleryEditor {
  // `onSave` receives edits of the gallery and of others whose position changes with it.
  constructor({ onSave }) {
    Object.assign(this, { onSave, form: $("gallery-editor").querySelector("form"), gallery: null, galleries: [] });
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.save(); });
    $("cancel-gallery").addEventListener("click", () => $("gallery-editor").close());
  }

  // `files` are the names of the photos in the gallery, `galleries` those of the same level, in their order on the site.
  open(gallery, galleries, files, moods) {
    Object.assign(this, { gallery, galleries });
    const { form } = this, others = galleries.filter((one) => one !== gallery), at = galleries.indexOf(gallery);
    $("gallery-editor-title").textContent = `Gallery ${gallery.title}`;
    form.mood.replaceChildren(new Option("as the site", ""), ...moods.map((mood) => new Option(mood === "auto" ? "auto: the hue of the cover" : mood, mood)));
    form.cover.replaceChildren(new Option("automatic", ""), ...files.map((file) => new Option(file)));
    form.position.replaceChildren(new Option("first", "0"), ...others.map((one, index) => new Option(`after ${one.title}`, index + 1)));
    // A cover that is not in the gallery any more stays until another one is chosen.
    if (gallery.note.cover && !files.includes(gallery.note.cover)) form.cover.append(new Option(gallery.note.cover));
    for (const field of FIELDS) form[field].value = gallery.note[field] ?? "";
    // A folder of headshots may have no gallery.
    for (const field of [...FIELDS, "position"]) form[field].disabled = !gallery.order.length;
    // The headshots of a top-level folder are one set, whatever subfolders they are in.
    form.framing.disabled = gallery.folder.includes("/");
    form.title.placeholder = gallery.automatic_title;
    form.position.value = String(at);
    $("gallery-editor").showModal();
    form.querySelector(":enabled").focus();
  }

  save() {
    const { form, gallery } = this;
    const fields = {};
    for (const field of FIELDS) {
      const value = form[field].value.trim();
      if (value !== (gallery.note[field] ?? "")) fields[field] = value || null;
    }
    const edits = new Map([[gallery.folder, makeEdit(gallery, fields)]]);
    if (!form.position.disabled && Number(form.position.value) !== this.galleries.indexOf(gallery)) {
      const order = this.galleries.filter((one) => one !== gallery);
      order.splice(Number(form.position.value), 0, gallery);
      order.forEach((one, index) => {
        if (one.note.position !== index + 1) edits.set(one.folder, makeEdit(one, { ...(one === gallery ? fields : {}), position: index + 1 }));
      });
    }
    $("gallery-editor").close();
    const changed = [...edits.values()].filter((edit) => Object.keys(edit.fields).length);
    if (changed.length) this.onSave(changed, gallery);
  }
}

// An edit, with the values that it replaces.
export function makeEdit({ folder, note }, fields) {
  return { folder, fields, seen: Object.fromEntries(Object.keys(fields).map((field) => [field, note[field] ?? null])) };
}
