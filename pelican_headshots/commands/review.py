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

from .. import sites
from ..adapters.screen.local_server import Answer, LocalServer, reply
from ..adapters.screen.progress import silent
from ..core.said.decision import Arrangement, Change
from ..core.trouble import Trouble
from ..review.composer import Composer
from ..review.desk import Desk, Refusal
from ..review.previews import Previews

PAGE = Path(__file__).resolve().parents[1] / "review" / "page"

AHEAD = 300
"""Photographs whose previews are made before anybody asks."""


def add(parser: argparse.ArgumentParser) -> None:
    sites.add_options(parser)
    parser.add_argument("--port", type=int, default=0, help="of the page's address; a free one by default")
    parser.add_argument("--no-open", action="store_true", help="print the address and leave opening it to you")


def run(arguments: argparse.Namespace) -> int:
    """0 when it is ended with Ctrl+C; 2 where the port is taken. Raises Trouble."""
    site = sites.opened(arguments)
    studio = site.studio()
    desk = Desk(studio)
    studio.room.watch = silent  # from here on work is done while the page waits
    previews = Previews(studio.room, studio.store)
    previews.expect(desk.least_sure_first()[:AHEAD])
    counter = Counter(desk, previews, str(site.pelican["SITENAME"]))
    opener: Path | None = None
    try:
        server = LocalServer(PAGE, counter.get, counter.post, arguments.port, _opened)
    except OSError as error:
        print(f"Port {arguments.port} cannot be used: {error.strerror}. Leave --port out to take a free one.",
              file=sys.stderr)  # fmt: skip
        return 2
    lie = "1 photograph lies" if len(desk.photos) == 1 else f"{len(desk.photos)} photographs lie"
    print(f"{lie} on the desk:\n\n    {server.address}\n\nThe address works once. End with Ctrl+C.", flush=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if not arguments.no_open and (opener := _opener(studio.store.notebook, server.address)):
            # Some browsers return when they are closed.
            threading.Thread(target=webbrowser.open, args=(opener.as_uri(),), daemon=True).start()
        server.serve_forever()
    except KeyboardInterrupt:
        print("\nWhat you decided is in your notes.toml files. Build the site with: pelican content")
    finally:
        server.server_close()
        if opener:
            opener.unlink(missing_ok=True)
        previews.close()
        counter.composer.close()
        studio.store.save()
    return 0


def _opener(cache: Path, address: str) -> Path | None:
    """A page that leads to *address* and that nobody else can read; None where no such file can be made.

    A browser is started with its name: what a program is started with can be read by everybody on the machine.
    """
    # Browsers in a sandbox cannot read the folder for temporary files; on Windows that one is the user's own.
    path = (Path(tempfile.gettempdir()) if os.name == "nt" else cache.resolve()) / "open-review.html"
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


def _opened(address: str, twice: bool) -> None:
    """Say that the address was used, and give the next one."""
    if twice:
        print("This address was opened before. In case somebody else did that, no page is connected any more. "
              f"What was decided is in your notes.toml files. Go on at: {address}", flush=True)  # fmt: skip
    else:
        print(f"The page was opened. For another window: {address}", flush=True)


class Counter:
    """What the page asks for and sends."""

    def __init__(self, desk: Desk, previews: Previews, name: str) -> None:
        self._desk, self._previews, self._name = desk, previews, name
        self.composer = Composer(desk.studio.settings, desk.place)

    def get(self, path: str, query: Mapping[str, str]) -> Answer | None:
        try:
            if path == "state":
                return reply({"name": self._name, **self._desk.state()})
            if path == "version":
                return reply({"version": self._desk.version()})
        except Trouble as wrong:
            return reply({"sentence": str(wrong)}, 422)
        digest = query.get("of", "")
        if path == "slots":
            return reply(self.composer.slots(digest))
        photo = self._desk.photo(digest) if path == "picture" else None
        if photo is None:
            return None
        wide = query.get("width", "480")
        picture = self._previews.get(photo, int(wide) if wide.isdecimal() and len(wide) < 6 else 480)
        return Answer(picture, "image/jpeg", keep=True) if picture else Answer(b"", "text/plain", 204)

    def post(self, path: str, value: Any) -> Answer | None:
        try:
            if path == "decide":
                return reply(self._desk.decide(msgspec.convert(value, list[Change])))
            if path == "arrange":
                return reply(self._desk.arrange(msgspec.convert(value, Arrangement)))
            if path == "undo":
                return reply(self._desk.undo())
        except msgspec.ValidationError as wrong:
            return reply({"sentence": f"The page sent something that makes no sense: {wrong}."}, 400)
        except Refusal as refusal:
            return reply({"sentence": str(refusal), "conflicts": msgspec.to_builtins(refusal.conflicts)}, 409)
        except Trouble as wrong:
            return reply({"sentence": str(wrong)}, 422)
        return None
