"""`pelican-headshots review`: a page on this machine where a person sees, corrects and trusts what the machine thought."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import threading
import webbrowser
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from ..notes.edits import NoteEdit, OrderEdit
from ..review.crop_preview import CropPreviewer
from ..review.previews import PreviewRenderer
from ..review.server import LocalServer, Response, make_json_response
from ..review.session import EditRejectedError, ReviewSession
from ..support.errors import HeadshotsError
from ..support.progress import report_nothing
from . import site as sites

PAGE_FOLDER = Path(__file__).resolve().parents[1] / "review" / "static"

PREVIEW_PREFETCH_COUNT = 300
"""Photographs whose previews are made before anybody asks."""


def add(parser: argparse.ArgumentParser) -> None:
    sites.add_options(parser)
    parser.add_argument("--port", type=int, default=0, help="of the page's address; a free one by default")
    parser.add_argument("--no-open", action="store_true", help="print the address and leave opening it to you")


def run(arguments: argparse.Namespace) -> int:
    """0 when it is ended with Ctrl+C; 2 where the port is taken. Raises HeadshotsError."""
    site = sites.open_site(arguments)
    site_build = site.create_build()
    session = ReviewSession(site_build)
    site_build.processor.progress = report_nothing  # from here on work is done while the page waits
    previews = PreviewRenderer(site_build.processor, site_build.store)
    previews.prefetch(session.list_least_sure_first()[:PREVIEW_PREFETCH_COUNT])
    api = ReviewApi(session, previews, str(site.pelican_settings["SITENAME"]))
    redirect_page: Path | None = None
    try:
        server = LocalServer(PAGE_FOLDER, api.get, api.post, arguments.port, _report_opened)
    except OSError as error:
        print(f"Port {arguments.port} cannot be used: {error.strerror}. Leave --port out to take a free one.",
              file=sys.stderr)  # fmt: skip
        return 2
    count_phrase = "1 photograph lies" if len(session.photos) == 1 else f"{len(session.photos)} photographs lie"
    print(
        f"{count_phrase} on the desk:\n\n    {server.one_time_url}\n\nThe address works once. End with Ctrl+C.",
        flush=True,
    )
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if not arguments.no_open and (
            redirect_page := _write_redirect_page(site_build.store.writable_root, server.one_time_url)
        ):
            # Some browsers return when they are closed.
            threading.Thread(target=webbrowser.open, args=(redirect_page.as_uri(),), daemon=True).start()
        server.serve_forever()
    except KeyboardInterrupt:
        print("\nWhat you decided is in your notes.toml files. Build the site with: pelican content")
    finally:
        server.server_close()
        if redirect_page:
            redirect_page.unlink(missing_ok=True)
        previews.close()
        api.crop_previewer.close()
        site_build.store.save()
    return 0


def _write_redirect_page(cache_folder: Path, address: str) -> Path | None:
    """A page that leads to *address* and that nobody else can read; None where no such file can be made.

    A browser is started with its name: what a program is started with can be read by everybody on the machine.
    """
    # Browsers in a sandbox cannot read the folder for temporary files; on Windows that one is the user's own.
    path = (Path(tempfile.gettempdir()) if os.name == "nt" else cache_folder.resolve()) / "open-review.html"
    page = f'<!doctype html><meta http-equiv="refresh" content="0;url={address}"><a href="{address}">Review</a>'
    with suppress(OSError):
        path.unlink(missing_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            # Some disks know no permissions.
            if os.name == "nt" or not os.fstat(file.fileno()).st_mode & 0o077:
                file.write(page)
                return path
        path.unlink()
    return None


def _report_opened(address: str, was_opened_before: bool) -> None:
    """Say that the address was used, and give the next one."""
    if was_opened_before:
        print("This address was opened before. In case somebody else did that, no page is connected any more. "
              f"What was decided is in your notes.toml files. Go on at: {address}", flush=True)  # fmt: skip
    else:
        print(f"The page was opened. For another window: {address}", flush=True)


class ReviewApi:
    """What the page asks for and sends."""

    def __init__(self, session: ReviewSession, previews: PreviewRenderer, site_name: str) -> None:
        self._session, self._previews, self._site_name = session, previews, site_name
        self.crop_previewer = CropPreviewer(session.site_build.settings, session.find_photo_and_folder)

    def get(self, path: str, query: Mapping[str, str]) -> Response | None:
        try:
            if path == "state":
                return make_json_response({"name": self._site_name, **self._session.get_page_data()})
            if path == "version":
                return make_json_response({"version": self._session.compute_version()})
        except HeadshotsError as wrong:
            return make_json_response({"sentence": str(wrong)}, 422)
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
        try:
            if path == "decide":
                return make_json_response(self._session.apply_changes(msgspec.convert(value, list[NoteEdit])))
            if path == "arrange":
                return make_json_response(self._session.apply_order(msgspec.convert(value, OrderEdit)))
            if path == "undo":
                return make_json_response(self._session.undo())
        except msgspec.ValidationError as wrong:
            return make_json_response({"sentence": f"The page sent something that makes no sense: {wrong}."}, 400)
        except EditRejectedError as refusal:
            return make_json_response(
                {"sentence": str(refusal), "conflicts": msgspec.to_builtins(refusal.conflicts)}, 409
            )
        except HeadshotsError as wrong:
            return make_json_response({"sentence": str(wrong)}, 422)
        return None
