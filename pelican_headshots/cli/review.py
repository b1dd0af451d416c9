"""`pelican-headshots review`: a local page where a person checks and corrects the classification of photos."""

from __future__ import annotations

import argparse
import functools
import os
import signal
import sys
import tempfile
import threading
import webbrowser
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from ..notes.edits import GalleryEdit, NoteEdit, OrderEdit
from ..pipeline.process import PhotoProcessor
from ..review.crop_preview import CropPreviewer
from ..review.previews import PreviewRenderer
from ..review.server import SITE_FOLDER, LocalServer, Response, make_json_response
from ..review.session import EditRejectedError, ReviewSession
from ..review.site_preview import PortfolioPages, SiteOpener, SitePreview
from ..support.errors import HeadshotsError
from ..support.progress import report_nothing
from ..values.photo import Photo
from .site import SiteProject, add_options, create_generators, open_site

if TYPE_CHECKING:
    from pelican import Pelican
    from pelican.generators import Generator

PAGE_FOLDER = Path(__file__).resolve().parents[1] / "review" / "static"

PREVIEW_PREFETCH_COUNT = 300
"""Number of photos whose previews are made before the page requests them."""


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments to *parser*."""
    add_options(parser)
    parser.add_argument("--port", type=int, default=0, help="the port of the page (default: a free one)")
    parser.add_argument("--no-open", action="store_true", help="do not open a browser, only print the address")


def run(arguments: argparse.Namespace) -> int:
    """Return 0 after Ctrl+C, or 2 if the port cannot be used. Raises HeadshotsError."""
    site = open_site(arguments)
    site_build = site.create_build()
    session = ReviewSession(site_build)
    site_build.processor.progress = report_nothing  # from here on, work is done in the background
    previews = PreviewRenderer(site_build.processor, site_build.store)
    previews.prefetch(session.list_least_sure_first()[:PREVIEW_PREFETCH_COUNT])
    site_preview = SitePreview(session, previews, make_site_opener(site))
    api = ReviewApi(session, previews, site_preview, str(site.pelican_settings["SITENAME"]))
    redirect_page: Path | None = None
    try:
        server = LocalServer(PAGE_FOLDER, api.get, api.post, arguments.port, _report_opened)
    except OSError as error:
        print(f"Port {arguments.port} cannot be used: {error.strerror}. Leave out --port to use a free one.",
              file=sys.stderr)  # fmt: skip
        return 2
    count_phrase = "1 photo" if len(session.photos) == 1 else f"{len(session.photos)} photos"
    print(
        f"{count_phrase} to review at:\n\n    {server.one_time_url}\n\n"
        "This address opens one window; then the address for another is printed. End with Ctrl+C.",
        flush=True,
    )
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if not arguments.no_open and (
            redirect_page := _write_redirect_page(site_build.store.writable_root, server.one_time_url)
        ):
            # Some browsers only return when they are closed.
            threading.Thread(target=webbrowser.open, args=(redirect_page.as_uri(),), daemon=True).start()
        server.serve_forever()
    except KeyboardInterrupt:
        print("\nYour decisions are saved in notes.toml. Build the site with: pelican content")
    finally:
        server.server_close()
        if redirect_page:
            redirect_page.unlink(missing_ok=True)
        previews.close()
        api.crop_previewer.close()
        site_preview.close()
        site_build.store.save()
    return 0


def make_site_opener(site: SiteProject) -> SiteOpener:
    """Return a function that opens *site* for the preview. Pelican and the plugins of the site are loaded once."""

    @functools.cache
    def load_pelican(output_folder: Path) -> Pelican:
        from ..plugin import get_portfolio_generator

        headshots_settings = site.pelican_settings.get("HEADSHOTS") or {}
        pelican = site.load_pelican(
            {
                "OUTPUT_PATH": str(output_folder),
                "SITEURL": "",
                "RELATIVE_URLS": True,
                "STATIC_CHECK_IF_MODIFIED": True,
                "HEADSHOTS": {**headshots_settings, "strict_csp": True},  # the page is shown under a strict policy
            }
        )
        get_portfolio_generator(pelican)  # sets the cache of compiled templates
        return pelican

    def open_generators(
        output_folder: Path, photos: Sequence[Photo], processor: PhotoProcessor
    ) -> tuple[PortfolioPages, Sequence[Generator]]:
        from ..plugin import PreviewGenerator

        create_preview = functools.partial(PreviewGenerator, photos=photos, processor=processor)
        generators = create_generators(load_pelican(output_folder), create_preview)
        return next(each for each in generators if isinstance(each, PreviewGenerator)), generators

    return open_generators


def _write_redirect_page(cache_folder: Path, address: str) -> Path | None:
    """Write a page that redirects to *address* and that only this user can read; None if that is not possible.

    The browser is started with the path of this file instead of the address, because all users of the machine can read
    the arguments of a program.
    """
    # Sandboxed browsers cannot read the folder for temporary files. On Windows, that folder belongs to the user.
    path = (Path(tempfile.gettempdir()) if os.name == "nt" else cache_folder.resolve()) / "open-review.html"
    page = f'<!doctype html><meta http-equiv="refresh" content="0;url={address}"><a href="{address}">Review</a>'
    with suppress(OSError):
        path.unlink(missing_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            # Some file systems have no permissions.
            if os.name == "nt" or not os.fstat(file.fileno()).st_mode & 0o077:
                file.write(page)
                return path
        path.unlink()
    return None


def _report_opened(address: str, was_opened_before: bool) -> None:
    """Print that the address was used, and the next one."""
    if was_opened_before:
        print("This address was opened before, perhaps by somebody else, so all pages have been disconnected. "
              f"All decisions are saved in notes.toml. Continue at: {address}", flush=True)  # fmt: skip
    else:
        print(f"The page was opened. For another window: {address}", flush=True)


class ReviewApi:
    """Answers the requests of the page."""

    def __init__(
        self, session: ReviewSession, previews: PreviewRenderer, site_preview: SitePreview, site_name: str
    ) -> None:
        self._session, self._previews, self._site_preview = session, previews, site_preview
        self._site_name = site_name
        self.crop_previewer = CropPreviewer(session.site_build.settings, session.find_photo_and_folder)

    def get(self, path: str, query: Mapping[str, str]) -> Response | None:
        """Answer a GET request of the page.

        Args:
            path: The address without its query: `state`, `version`, `pages`, `slots`, `picture`, or a file below `site/`.
            query: `of` is the digest of the photo; `width` is the width of its picture in pixels.

        Returns:
            The response, or None if there is nothing at this address.
        """
        try:
            if path == "state":
                return make_json_response({"name": self._site_name, **self._session.get_page_data()})
            if path == "version":
                return make_json_response({"version": self._session.compute_version()})
            if path == "pages":
                return make_json_response(self._site_preview.list_pages())
        except HeadshotsError as error:
            return make_json_response({"sentence": str(error)}, 422)
        if path.startswith(f"{SITE_FOLDER}/"):
            return self._site_preview.get(path.removeprefix(f"{SITE_FOLDER}/"))
        digest = query.get("of", "")
        if path == "slots":
            return make_json_response(self.crop_previewer.get_slot_crops(digest))
        photo = self._session.find_photo(digest) if path == "picture" else None
        if photo is None:
            return None
        width = query.get("width", "480")
        picture = self._previews.get(photo, int(width) if width.isdecimal() and len(width) < 6 else 480)
        return Response(picture, "image/jpeg", is_cacheable=True) if picture else Response(b"", "text/plain", 204)

    def post(self, path: str, value: Any) -> Response | None:
        """Answer a POST request of the page: describe more photos, or change notes.

        Args:
            path: The address: `photos` (which changes nothing), `decide`, `arrange`, `gallery` or `undo`.
            value: The decoded JSON of the request.

        Returns:
            The response, or None if there is nothing at this address. Its status is 409 if notes have changed meanwhile.
        """
        try:
            if path == "photos":
                return make_json_response(self._session.describe_photos(msgspec.convert(value, list[str])))
            if path == "decide":
                return make_json_response(self._session.apply_changes(msgspec.convert(value, list[NoteEdit])))
            if path == "arrange":
                return make_json_response(self._session.apply_order(msgspec.convert(value, OrderEdit)))
            if path == "gallery":
                edits = msgspec.convert(value, list[GalleryEdit])
                return make_json_response(self._session.apply_gallery_edits(edits))
            if path == "undo":
                return make_json_response(self._session.undo())
        except msgspec.ValidationError as error:
            return make_json_response({"sentence": f"The page sent an invalid request: {error}."}, 400)
        except EditRejectedError as error:
            return make_json_response({"sentence": str(error), "conflicts": msgspec.to_builtins(error.conflicts)}, 409)
        except HeadshotsError as error:
            return make_json_response({"sentence": str(error)}, 422)
        return None
