// The page of the site that shows the current photo, as a build would write it now. It runs no script of its own.

import { fetchPages, siteUrl } from "./connection.js";

const $ = (id) => document.getElementById(id);
const MAX_RETRIES = 120;

export class Preview {
  constructor() {
    Object.assign(this, { photo: null, urlByPhoto: {}, shownUrl: null, isLoading: false, isOutdated: false, isScrolled: true, retries: 0 });
    $("preview-page").addEventListener("change", () => this.showPage());
    $("preview-frame").addEventListener("load", () => {
      this.retries = 0;
      if (this.shownUrl !== null && $("preview-frame").contentDocument) this.scrollToPhoto();
    });
    setInterval(() => this.retryPictures(), 1000);
  }

  get isOpen() { return !$("preview").hidden; }

  toggle() {
    $("preview").hidden = this.isOpen;
    document.body.classList.toggle("previewing", this.isOpen);
    $("show-preview").setAttribute("aria-pressed", String(this.isOpen));
    this.refresh();
  }

  follow(photo) {
    this.photo = photo;
    if (this.isOpen && !this.isLoading) this.showPage();
  }

  // Show the site as it is now. The frame keeps its scroll position when it is reloaded.
  async refresh() {
    if (!this.isOpen) return;
    this.isOutdated = true;
    if (this.isLoading) return;
    this.isLoading = true;
    while (this.isOutdated) {
      this.isOutdated = false;
      await this.load();
    }
    this.isLoading = false;
  }

  async load() {
    try {
      const { pages, url_by_photo: urlByPhoto } = await fetchPages();
      const chosen = $("preview-page").value;
      this.urlByPhoto = urlByPhoto;
      $("preview-page").replaceChildren(new Option("the page of this photo", "*"), ...pages.map(({ url, title }) => new Option(title, url)));
      $("preview-page").value = chosen === "*" || pages.some(({ url }) => url === chosen) ? chosen : "*";
      $("preview-error").hidden = true;
      if (!this.showPage()) this.reloadFrame();
    } catch (error) {
      $("preview-error").textContent = error.message;
      $("preview-error").hidden = false;
    }
  }

  // Returns whether another page is shown than before.
  showPage() {
    const chosen = $("preview-page").value;
    const url = chosen === "*" ? this.urlByPhoto[this.photo?.id] ?? "" : chosen;
    if (url === this.shownUrl) return false;
    const isSamePage = this.shownUrl?.split("#")[0] === url.split("#")[0];
    this.shownUrl = url;
    this.isScrolled = false;
    if (isSamePage) this.scrollToPhoto();
    else $("preview-frame").src = siteUrl(url.split("#")[0]);
    return !isSamePage;
  }

  // A fragment in the address would take the keyboard away from the photos.
  scrollToPhoto() {
    const view = $("preview-frame").contentWindow, id = this.shownUrl?.split("#")[1];
    const box = view.document.getElementById(id)?.getBoundingClientRect();
    if (!this.isScrolled) view.scrollTo({ top: box ? view.scrollY + box.top - Math.max(0, view.innerHeight - box.height) / 2 : 0, behavior: "instant" });
    this.isScrolled = true;
  }

  reloadFrame() {
    try {
      $("preview-frame").contentWindow.location.reload();
    } catch { // a link led to another site
      $("preview-frame").src = siteUrl(this.shownUrl.split("#")[0]);
    }
  }

  // Pictures that are still being rendered are requested again. Listeners in a page without scripts do not work everywhere.
  retryPictures() {
    const images = [...(this.isOpen && $("preview-frame").contentDocument?.images) || []];
    const missing = images.filter((image) => image.currentSrc && image.complete && !image.naturalWidth);
    // Until a picture is there, its place has the colors of the photo, without a sign that something is broken.
    for (const image of images) image.style.opacity = missing.includes(image) ? 0 : "";
    if (!missing.length || (this.retries += 1) > MAX_RETRIES) return;
    for (const image of missing) {
      const picture = image.closest("picture") ?? image;
      picture.replaceWith(picture.cloneNode(true));
    }
  }
}
