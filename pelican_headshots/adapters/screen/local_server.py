"""A web server for one person on this machine: loopback only, for a page that holds a key.

An address works once: behind its `#`, which browsers send to nobody, stands a token that the page exchanges for the key.
The page signs with the key what it asks for (a *seal*: HMAC-SHA256 of method and path; the path of what is written ends
with the SHA-256 of the body), and before it sends anything it has the server prove that it knows the key. The key ends
with the program, so whoever takes the port later receives nothing that this server or its successor accepts.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import mimetypes
import os
import re
import secrets
import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import msgspec

MAX_BODY_BYTES = 4 << 20
MAX_HEAD_BYTES = 32 << 10
"""Of a request: its first line and its headers."""
MAX_REQUEST_SECONDS = 20.0
"""Until a request has arrived whole, and again until its answer has been taken."""
MAX_CONNECTIONS = 32
"""At a time. A browser opens six."""

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
    return Answer(msgspec.json.encode(value), status=status)


Get = Callable[[str, Mapping[str, str]], Answer | None]
Post = Callable[[str, Any], Answer | None]
Opened = Callable[[str, bool], None]

_REFUSED = Answer(b"This page is for the person who started it. Open the address in the terminal.", "text/plain", 403)


class LocalServer(ThreadingHTTPServer):
    """Serves the files of the folder *pages* to everybody, and to their page what *get* and *post* answer (None: 404).

    *opened* is called whenever the address was used, with the next one. True with it: the address was used before, so
    somebody else may have read it; every page that is open is locked out.
    """

    daemon_threads = True
    request_queue_size = 64
    # On Windows this would let another program take the port of a running one.
    allow_reuse_address = os.name != "nt"

    def __init__(
        self, pages: Path, get: Get, post: Post, port: int = 0, opened: Opened = lambda address, twice: None
    ) -> None:
        self.pages, self.get, self.post, self._opened = pages, get, post, opened
        self._key, self._token = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
        self._used: set[str] = set()
        self._entering = threading.Lock()
        self._connections: set[Any] = set()
        super().__init__(("127.0.0.1", port), _Handler)
        self.names = {f"127.0.0.1:{self.server_port}", f"localhost:{self.server_port}"}

    @property
    def address(self) -> str:
        """Where the page is opened next; works once."""
        return f"http://127.0.0.1:{self.server_port}/#{self._token}"

    def enter(self, token: str) -> str | None:
        """Return the key for the token of the address. A second use of one makes a new key: nobody's holds any longer."""
        with self._entering:
            twice = token in self._used
            if twice:
                self._used.clear()
                self._key = secrets.token_urlsafe(32)
            elif hmac.compare_digest(token.encode("utf-8", "replace"), self._token.encode()):
                self._used.add(token)
                self._token = secrets.token_urlsafe(24)
            else:
                return None
            self._opened(self.address, twice)
            return None if twice else self._key

    def seal(self, text: str) -> str:
        """What only somebody who knows the key can make of *text*."""
        return hmac.new(self._key.encode(), text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a thread of its own, unless too many are being answered already."""
        if len(self._connections) >= MAX_CONNECTIONS:
            return self.shutdown_request(request)
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A page that was closed, or did not take its answer, is no error."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class _Arriving(io.RawIOBase):
    """What a connection sends, as much of it and for as long as was last allowed."""

    def __init__(self, connection: socket.socket) -> None:
        super().__init__()
        self._connection, self._left, self._end = connection, 0, 0.0

    def allow(self, size: int) -> None:
        self._left, self._end = size, time.monotonic() + MAX_REQUEST_SECONDS

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        remaining = self._end - time.monotonic()
        if not self._left or remaining <= 0:
            raise TimeoutError  # which ends the connection
        self._connection.settimeout(remaining)
        count = self._connection.recv_into(buffer, min(len(buffer), self._left))
        self._left -= count
        return count


class _Handler(BaseHTTPRequestHandler):
    server: LocalServer
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "headshots", ""

    def setup(self) -> None:
        super().setup()
        self._arriving = _Arriving(self.connection)
        self.rfile = io.BufferedReader(self._arriving)

    def handle_one_request(self) -> None:
        self._arriving.allow(MAX_HEAD_BYTES)
        super().handle_one_request()

    def log_message(self, format: str, *arguments: Any) -> None:
        """Says nothing: the terminal is the photographer's."""

    def do_GET(self) -> None:
        path, _, query = self.path.removeprefix("/").partition("?")
        if not self._comes_from_here(opening=path in ("", "index.html")):
            return self._send(_REFUSED)
        if file := self._file(path):
            return self._send(file)
        asked = self._unsealed("GET", path)
        if asked is None:
            return self._send(_REFUSED)
        if asked == "hello":  # the page asks for a proof before it sends anything
            return self._send(Answer(self.server.seal(f"hello {query}").encode(), "text/plain"))
        try:
            values = dict(parse_qsl(query, max_num_fields=10))
        except ValueError:
            return self._send(Answer(b"That is no address.", "text/plain", 400))
        self._send(self.server.get(asked, values) or Answer(b"There is no such page.", "text/plain", 404))

    def do_POST(self) -> None:
        self.close_connection = True  # unless the body has been read
        path = self.path.removeprefix("/")
        entering = path == "enter"
        asked = path if entering else self._unsealed("POST", path)
        # Another site's form can send anything but JSON.
        plain = self.headers.get_content_type() != "application/json"
        if asked is None or plain or not self._comes_from_here():
            return self._send(_REFUSED)
        length = self.headers.get("Content-Length", "")
        if not re.fullmatch("[0-9]{1,8}", length, re.ASCII) or int(length) > (100 if entering else MAX_BODY_BYTES):
            return self._send(Answer(b"Too much was sent.", "text/plain", 413))
        self._arriving.allow(int(length))
        body = self.rfile.read(int(length))
        name, _, digest = asked.partition("/")
        if not entering and hashlib.sha256(body).hexdigest() != digest:
            return self._send(Answer(b"That is not what was sealed.", "text/plain", 400))
        self.close_connection = False
        try:
            value = msgspec.json.decode(body)
        except (msgspec.DecodeError, RecursionError):
            return self._send(Answer(b"That is not JSON.", "text/plain", 400))
        if entering:
            key = self.server.enter(value) if isinstance(value, str) else None
            return self._send(reply(key) if key else _REFUSED)
        self._send(self.server.post(name, value) or Answer(b"There is no such thing.", "text/plain", 404))

    def _comes_from_here(self, *, opening: bool = False) -> bool:
        """Whether this server was called by its name, and not by another site's page.

        *opening*: a link, as in the file that opens the browser, may lead to the page itself, never to anything in it.
        """
        origin = self.headers.get("Origin")
        ours = origin is None or origin.removeprefix("http://") in self.server.names
        near = self.headers.get("Sec-Fetch-Site", "none") in ("same-origin", "none")
        return self.headers.get("Host", "") in self.server.names and ours and (near or opening)

    def _unsealed(self, method: str, path: str) -> str | None:
        """The path behind a seal that holds for it."""
        seal, slash, asked = path.partition("/")
        expected = self.server.seal(f"{method} {asked}")
        return asked if slash and hmac.compare_digest(seal.encode("utf-8", "replace"), expected.encode()) else None

    def _file(self, path: str) -> Answer | None:
        name = path or "index.html"
        file = self.server.pages / name
        if not re.fullmatch(r"\w[\w.-]{,60}", name, re.ASCII) or not file.is_file():
            return None
        return Answer(file.read_bytes(), f"{mimetypes.guess_type(name)[0] or 'text/plain'}; charset=utf-8")

    def _send(self, answer: Answer) -> None:
        self.connection.settimeout(MAX_REQUEST_SECONDS)
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Cache-Control", "private, max-age=86400, immutable" if answer.keep else "no-store")
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(answer.body)
