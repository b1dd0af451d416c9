"""The pages of the site as a build would write them now: Pelican reads the site again when a note changes."""

from __future__ import annotations

import functools
import html
import mimetypes
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any, Protocol
from urllib.parse import unquote

from jinja2 import Template
from markupsafe import Markup
from pelican import signals
from pelican.generators import Generator
from pelican.writers import Writer

from ..pipeline.process import PhotoProcessor
from ..pipeline.site_build import SiteBuild
from ..support.errors import HeadshotsError
from ..values.photo import Photo
from ..values.rendition import Rendition
from .previews import PreviewRenderer
from .server import SITE_CONTENT_SECURITY_POLICY, Response
from .session import ReviewSession


class PortfolioPages(Protocol):
    """What the preview needs of the generator of our pages."""

    site_build: SiteBuild

    def write_theme_files(self, static_folder: Path) -> None:
        """Write the stylesheets of the pages that are written into the theme's static folder."""


SiteOpener = Callable[[Path, Sequence[Photo], PhotoProcessor], tuple[PortfolioPages, Sequence[Generator]]]
"""Returns the generator of our pages and all generators, for an output folder and photos that are analyzed already."""

MAX_FILE_BYTES = 64 << 20
_MIME_TYPES = {".avif": "image/avif", ".webp": "image/webp", ".woff2": "font/woff2", ".js": "text/javascript"}
"""Those that not every system knows."""


class PreviewError(HeadshotsError):
    """The site cannot be read for the preview; the message says why."""


class SitePreview:
    """Writes the pages that are requested into a temporary folder, and serves that folder.

    Pictures are served from the cache. One that the cache lacks is rendered as a small JPEG when it is requested.
    """

    def __init__(self, session: ReviewSession, previews: PreviewRenderer, open_site: SiteOpener) -> None:
        self._session, self._previews, self._open_site = session, previews, open_site
        self._processor = session.site_build.processor
        self._temporary_folder = tempfile.TemporaryDirectory(prefix="headshots-preview-", ignore_cleanup_errors=True)
        self._folder = Path(self._temporary_folder.name).resolve()
        self._lock = threading.Lock()
        self._version: object = None
        self._writer = _PageWriter(self._folder, {})
        self._context: dict[str, Any] = {}
        self._portfolio_pages: PortfolioPages | None = None
        self._renditions: dict[str, tuple[str, str, Rendition]] = {}
        """URL in the site → digest of the photo, cache key, and rendition."""

    def close(self) -> None:
        """Remove the temporary folder."""
        self._temporary_folder.cleanup()

    def list_pages(self) -> dict[str, Any]:
        """Return the pages of the site and the page that shows each photo. Raises PreviewError."""
        with self._lock:
            try:
                self._read_site()
            except (Exception, SystemExit) as error:  # templates and plugins of the site raise anything
                raise PreviewError(_describe_error(error)) from error
            portfolio, texts = self._context["portfolio"], [*self._context["pages"], *self._context["articles"]]
            pages = [("", "Home")] if "index.html" in self._writer.page_names else []
            pages += [(gallery.url, gallery.title) for gallery in portfolio.galleries]
            pages += [(text.url, Markup(text.title).striptags()) for text in texts]
            pages += [(person.url, person.name) for person in portfolio.people if person.url]
            url_by_photo: dict[str, str] = {}
            for gallery in portfolio.galleries:
                for gallery_page in gallery.pages:
                    url_by_photo |= {photo.file: f"{gallery_page.url}#{photo.id}" for photo in gallery_page.photos}
            for page in self._context["pages"]:
                if page.template in ("team", "about"):
                    for person in self._context["page_people"](page):
                        url_by_photo.setdefault(person.file, f"{page.url}#{person.slug}")
            for person in portfolio.people:
                url_by_photo.setdefault(person.file, person.url)
            return {"pages": [{"url": url, "title": title} for url, title in pages], "url_by_photo": url_by_photo}

    def get(self, url: str) -> Response | None:
        """Return the file at *url*, relative to the root of the site; None if there is none."""
        name = unquote(url.partition("#")[0])
        if not name or name.endswith("/"):
            name += "index.html"
        with self._lock:
            if name.endswith(".html") or self._version is None:
                try:
                    self._read_site()
                    self._write_page(name)
                except (Exception, SystemExit) as error:  # noqa: BLE001
                    return _make_error_page(error)
        if name in self._renditions:
            return self._get_picture(name)
        file = (self._folder / name).resolve()
        if not file.is_relative_to(self._folder) or not file.is_file() or file.stat().st_size > MAX_FILE_BYTES:
            return None
        return _make_response(file.read_bytes(), name)

    def _get_picture(self, name: str) -> Response:
        digest, key, rendition = self._renditions[name]
        photo = self._session.find_photo(digest)
        picture = self._previews.get_rendition(photo, key, rendition) if photo else None
        return _make_response(picture, name, is_cacheable=True) if picture else Response(b"", "text/plain", 204)

    def _read_site(self) -> None:
        """Have Pelican read the site again if a photo or a note has changed. Raises anything."""
        version, photos = self._session.read_current_photos()
        if self._version == (version, self._processor.encoder_versions):
            return
        self._version = None
        for page in self._folder.rglob("*.html"):
            page.unlink()
        self._portfolio_pages, generators = self._open_site(self._folder, photos, self._processor)
        for generator in generators:
            generator.generate_context()
        signals.all_generators_finalized.send(generators)
        for generator in generators:
            if hasattr(generator, "refresh_metadata_intersite_links"):
                generator.refresh_metadata_intersite_links()
        self._context = generators[0].context
        self._writer = _PageWriter(self._folder, generators[0].settings)
        for generator in generators:
            generator.generate_output(self._writer)
        plan = self._portfolio_pages.site_build.render_plan
        planned = {
            key: (digest, key, each) for digest, wanted in plan.renditions.items() for key, each in wanted.items()
        }
        self._renditions = {url: planned[key] for url, key in plan.cache_keys.items() if key in planned}
        self._version = (version, self._processor.encoder_versions)

    def _write_page(self, name: str) -> None:
        """Write the page *name*, if there is one, and the styles of all pages that have been written."""
        if self._writer.write_page(name) and self._portfolio_pages:
            self._portfolio_pages.write_theme_files(self._folder / self._context["THEME_STATIC_DIR"])


class _PageWriter(Writer):  # type: ignore[misc]
    """Writes a page when it is needed, and no feeds."""

    def __init__(self, folder: Path, settings: dict[str, Any]) -> None:
        super().__init__(str(folder), settings)
        self._write_calls: dict[str, functools.partial[None]] = {}
        self._overriding_names: set[str] = set()

    @property
    def page_names(self) -> set[str]:
        """The pages that can be written; of a paginated list the first page only."""
        return set(self._write_calls)

    def write_feed(self, *_: Any, **__: Any) -> None:
        """Write nothing."""

    def write_file(
        self,
        name: str,
        template: Template,
        context: dict[str, Any],
        *values: Any,
        override_output: bool = False,
        **more: Any,
    ) -> None:
        """Remember how the page *name* is written."""
        if name and name not in self._overriding_names:
            self._write_calls[name] = functools.partial(super().write_file, name, template, context, *values, **more)
        if override_output:
            self._overriding_names.add(name)

    def write_page(self, name: str) -> bool:
        """Write the page *name* unless it is written; return whether anything was written.

        An unknown name may be a later page of a list: then all lists are written.
        """
        if Path(self.output_path, name).is_file() or not name.endswith(".html"):
            return False
        calls = [self._write_calls[name]] if name in self._write_calls else self._list_paginated_calls()
        for write in calls:
            write()
        return bool(calls)

    def _list_paginated_calls(self) -> list[Callable[[], None]]:
        paginated = self.settings["PAGINATED_TEMPLATES"]
        return [call for call in self._write_calls.values() if call.keywords.get("template_name") in paginated]

    def _open_w(self, filename: str, encoding: str, override: bool = False) -> IO[str]:
        """Open a page for writing; it may be written again."""
        return open(filename, "w", encoding=encoding)


def _make_response(body: bytes, name: str, *, is_cacheable: bool = False) -> Response:
    suffix = Path(name).suffix
    mime_type = _MIME_TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    if suffix in (".html", ".css"):
        mime_type += "; charset=utf-8"
    return Response(body, mime_type, 200, is_cacheable, SITE_CONTENT_SECURITY_POLICY)


def _make_error_page(error: BaseException) -> Response:
    page = f"<!doctype html><title>Preview</title><p>{html.escape(_describe_error(error))}</p>"
    return Response(
        page.encode("utf-8", "replace"), "text/html; charset=utf-8", 500, False, SITE_CONTENT_SECURITY_POLICY
    )


def _describe_error(error: BaseException) -> str:
    sentence = str(error) if isinstance(error, HeadshotsError) else f"{type(error).__name__}: {error}"
    return f"The site cannot be shown. {sentence}"
