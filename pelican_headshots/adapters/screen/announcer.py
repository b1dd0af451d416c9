"""Shows the site to the browsers of this machine while somebody works on it, and has them load each page anew.

The script that does so is added to a page on its way to the browser: the files are those that will be published.
"""

from __future__ import annotations

import functools
import io
import threading
from contextlib import suppress
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, BinaryIO

_FOLDER = "/.headshots-live/"
_TAG = f'<script src="{_FOLDER}script.js"></script>'.encode()
_SCRIPT = f'new EventSource("{_FOLDER}events").onmessage = () => location.reload();'.encode()

_BEAT = 15.0
"""Seconds after which a silent line is written to, which shows whether anybody still listens."""


class Announcer:
    """Serves the folder *output* on *port*, or where that is taken on a free one, until it is closed."""

    def __init__(self, output: Path, port: int = 0) -> None:
        handler = functools.partial(_Handler, announcer=self, directory=str(output))
        try:
            self._server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        except (OSError, OverflowError):
            self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._news = threading.Condition()
        self.times = 0
        """How often `announce` was called."""
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/"

    def announce(self) -> None:
        """Have every page that is open load itself again."""
        with self._news:
            self.times += 1
            self._news.notify_all()

    def wait(self, known: int) -> None:
        """Return when `announce` has been called more than *known* times, or after a while."""
        with self._news:
            self._news.wait_for(lambda: self.times != known, _BEAT)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, *args: Any, announcer: Announcer, **kwargs: Any) -> None:
        self._announcer = announcer
        super().__init__(*args, **kwargs)

    def do_GET(self) -> None:
        if self.path == f"{_FOLDER}script.js":
            self._head("text/javascript", len(_SCRIPT))
            self.wfile.write(_SCRIPT)
        elif self.path == f"{_FOLDER}events":
            self._head("text/event-stream")
            self._tell()
        else:
            super().do_GET()

    def translate_path(self, path: str) -> str:
        """As `pelican --listen` finds files: an address may leave `.html` out."""
        found = super().translate_path(path)
        return found if Path(found).exists() else f"{found}.html"

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        path = Path(self.translate_path(self.path))
        if path.is_dir() and self.path.partition("?")[0].endswith("/"):
            path /= "index.html"
        if path.suffix not in (".html", ".htm") or not path.is_file():
            return super().send_head()
        page = path.read_bytes() + _TAG
        self._head("text/html", len(page))
        return io.BytesIO(page)

    def _head(self, kind: str, length: int | None = None) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Cache-Control", "no-store")
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def _tell(self) -> None:
        known = self._announcer.times
        with suppress(OSError):  # the page was left
            while True:
                self._announcer.wait(known)
                before, known = known, self._announcer.times
                self.wfile.write(b"data: again\n\n" if known != before else b": still here\n\n")
                self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Nobody wants to read of it."""
