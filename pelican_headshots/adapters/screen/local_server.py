"""A web server for one person on this machine: loopback only, behind a token, for pages of its own alone."""

from __future__ import annotations

import json
import mimetypes
import re
import secrets
import sys
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

LARGEST = 4 << 20
"""Bytes of a request's body."""

POLICY = (
    "default-src 'none'; img-src 'self' data:; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Answer(NamedTuple):
    """What a handler gives back. *keep*: the browser may keep it, because its address names its contents."""

    body: bytes
    type: str = "application/json"
    status: int = 200
    keep: bool = False


def reply(value: Any, status: int = 200) -> Answer:
    """*value* as JSON."""
    return Answer(json.dumps(value).encode(), status=status)


Get = Callable[[str, Mapping[str, str]], Answer | None]
Post = Callable[[str, Any], Answer | None]


class LocalServer(ThreadingHTTPServer):
    """Serves the files of the folder *pages*, and what *get* and *post* answer (None: there is no such thing).

    Whoever does not name the token in the address, calls the server by another name, or comes from another site's page
    is refused with 403.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, pages: Path, get: Get, post: Post, port: int = 0, token: str = "") -> None:
        self.pages, self.get, self.post = pages, get, post
        self.token = token or secrets.token_urlsafe(24)
        super().__init__(("127.0.0.1", port), _Handler)
        self.names = {f"127.0.0.1:{self.server_port}", f"localhost:{self.server_port}"}

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A page that was closed while it was being answered is no error."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/{self.token}/"


class _Handler(BaseHTTPRequestHandler):
    server: LocalServer
    protocol_version = "HTTP/1.1"
    timeout = 60
    server_version, sys_version = "headshots", ""

    def log_message(self, format: str, *arguments: Any) -> None:
        """Says nothing: the terminal is the photographer's."""

    def do_GET(self) -> None:
        path = self._admitted()
        if path is None:
            return
        split = urlsplit(path)
        found = self._file(split.path) or self.server.get(split.path, dict(parse_qsl(split.query)))
        self._send(found or Answer(b"There is no such page.", "text/plain", 404))

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not re.fullmatch("[0-9]{1,8}", length) or int(length) > LARGEST:
            self.close_connection = True
            return self._send(Answer(b"Too much was sent.", "text/plain", 413))
        body = self.rfile.read(int(length))
        path = self._admitted(writing=True)
        if path is None:
            return None
        try:
            value = json.loads(body)
        except (ValueError, RecursionError):
            return self._send(Answer(b"That is not JSON.", "text/plain", 400))
        self._send(self.server.post(path, value) or Answer(b"There is no such thing.", "text/plain", 404))

    def _admitted(self, *, writing: bool = False) -> str | None:
        """The path behind the token; None, and a refusal sent, for whoever has no business here."""
        host, origin = self.headers.get("Host", ""), self.headers.get("Origin")
        token, slash, path = self.path.removeprefix("/").partition("/")
        foreign = origin is not None and origin.removeprefix("http://") not in self.server.names
        site = self.headers.get("Sec-Fetch-Site", "none" if not writing else "same-origin")
        # A link in a mail or a chat may lead to the page itself, never to anything in it.
        strange = site not in ("same-origin", "none") and (writing or path not in ("", "index.html"))
        plain = writing and self.headers.get_content_type() != "application/json"  # what a foreign form could send
        if host not in self.server.names or foreign or strange or plain or not slash or not self._knows(token):
            self._send(Answer(b"This page is for the person who started it. Open the address in the terminal.",
                              "text/plain", 403))  # fmt: skip
            return None
        return path

    def _knows(self, token: str) -> bool:
        return secrets.compare_digest(token.encode("utf-8", "replace"), self.server.token.encode())

    def _file(self, path: str) -> Answer | None:
        name = path or "index.html"
        file = self.server.pages / name
        if not re.fullmatch(r"\w[\w.-]*", name) or not file.is_file():
            return None
        return Answer(file.read_bytes(), f"{mimetypes.guess_type(name)[0] or 'text/plain'}; charset=utf-8")

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Cache-Control", "private, max-age=86400, immutable" if answer.keep else "no-store")
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.end_headers()
        self.wfile.write(answer.body)
