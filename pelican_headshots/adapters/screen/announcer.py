"""Tells the browsers of this machine that pages were made anew, while somebody is working on the site.

A server of its own, on an address that only this machine reaches: Pelican's serves files and knows no events.
"""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_SCRIPT = b"""(() => {
  const told = new EventSource(new URL("told", document.currentScript.src));
  told.onmessage = () => location.reload();
})();
"""

_BEAT = 15.0
"""Seconds after which a silent line is written to, which shows whether anybody still listens."""


class Announcer:
    """Serves a script for pages, and an event to every page that has loaded it whenever `announce` is called."""

    def __init__(self) -> None:
        announcer = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path == "/live.js":
                    self._head("text/javascript")
                    self.wfile.write(_SCRIPT)
                elif self.path == "/told":
                    self._head("text/event-stream")
                    announcer._tell(self)
                else:
                    self.send_error(404)

            def _head(self, kind: str) -> None:
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Cache-Control", "no-store")
                self.send_header("Access-Control-Allow-Origin", "*")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Nobody wants to read of it."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self._server.daemon_threads = True
        self._news = threading.Condition()
        self._times = 0
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def script(self) -> str:
        """The script's address."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/live.js"

    def announce(self) -> None:
        """Have every page that listens load itself again."""
        with self._news:
            self._times += 1
            self._news.notify_all()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _tell(self, reader: BaseHTTPRequestHandler) -> None:
        known = self._times
        try:
            while True:
                with self._news:
                    if self._times == known:
                        self._news.wait(_BEAT)
                    news, known = self._times != known, self._times
                reader.wfile.write(b"data: again\n\n" if news else b": still here\n\n")
                reader.wfile.flush()
        except OSError:
            pass  # the page was left
