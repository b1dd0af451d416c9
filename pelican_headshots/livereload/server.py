"""Serve the site to browsers on this machine and make them reload pages after each build.

The script for this is added to pages as they are sent; the files themselves are not changed.
"""

from __future__ import annotations

import functools
import io
import threading
from contextlib import suppress
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, BinaryIO

_URL_PREFIX = "/.headshots-live/"
_SCRIPT_TAG = f'<script src="{_URL_PREFIX}script.js"></script>'.encode()
_SCRIPT = f'new EventSource("{_URL_PREFIX}events").onmessage = () => location.reload();'.encode()

_HEARTBEAT_SECONDS = 15.0
"""Time after which something is sent over an idle connection, to find out whether the page is still open."""


class LiveReloadServer:
    """Serves *output_folder* on *port*, or on a free port if that is in use, until it is closed."""

    def __init__(self, output_folder: Path, port: int = 0) -> None:
        handler = functools.partial(_LiveReloadHandler, live_reload=self, directory=str(output_folder))
        try:
            self._server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        except (OSError, OverflowError):
            self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._reload_condition = threading.Condition()
        self.reload_count = 0
        """How often `reload_pages` was called."""
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """The address of the home page."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/"

    def reload_pages(self) -> None:
        """Make every open page reload."""
        with self._reload_condition:
            self.reload_count += 1
            self._reload_condition.notify_all()

    def wait_for_reload(self, seen_count: int) -> None:
        """Return when `reload_count` is no longer *seen_count*, or after some seconds."""
        with self._reload_condition:
            self._reload_condition.wait_for(lambda: self.reload_count != seen_count, _HEARTBEAT_SECONDS)

    def close(self) -> None:
        """Stop serving and release the port."""
        self._server.shutdown()
        self._server.server_close()


class _LiveReloadHandler(SimpleHTTPRequestHandler):
    def __init__(self, *args: Any, live_reload: LiveReloadServer, **kwargs: Any) -> None:
        self._live_reload = live_reload
        super().__init__(*args, **kwargs)

    def do_GET(self) -> None:
        if self.path == f"{_URL_PREFIX}script.js":
            self._send_headers("text/javascript", len(_SCRIPT))
            self.wfile.write(_SCRIPT)
        elif self.path == f"{_URL_PREFIX}events":
            self._send_headers("text/event-stream")
            self._stream_events()
        else:
            super().do_GET()

    def translate_path(self, path: str) -> str:
        """Find files as `pelican --listen` does: a URL may leave out `.html`."""
        file = super().translate_path(path)
        return file if Path(file).exists() else f"{file}.html"

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        path = Path(self.translate_path(self.path))
        if path.is_dir() and self.path.partition("?")[0].endswith("/"):
            path /= "index.html"
        if path.suffix not in (".html", ".htm") or not path.is_file():
            return super().send_head()
        page = path.read_bytes() + _SCRIPT_TAG
        self._send_headers("text/html", len(page))
        return io.BytesIO(page)

    def _send_headers(self, content_type: str, length: int | None = None) -> None:
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.send_header("Cache-Control", "no-store")
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def _stream_events(self) -> None:
        seen_count = self._live_reload.reload_count
        with suppress(OSError):  # the page was closed
            while True:
                self._live_reload.wait_for_reload(seen_count)
                previous_count, seen_count = seen_count, self._live_reload.reload_count
                self.wfile.write(b"data: again\n\n" if seen_count != previous_count else b": still here\n\n")
                self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Log nothing."""
