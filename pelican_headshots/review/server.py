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
MAX_HEADER_BYTES = 32 << 10
"""Of a request: its first line and its headers."""
MAX_REQUEST_SECONDS = 20.0
"""Until a request has arrived whole, and again until its answer has been taken."""
MAX_CONNECTIONS = 32
"""At a time. A browser opens six."""

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; img-src 'self' data:; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Response(NamedTuple):
    """What a handler gives back. *keep*: the browser may keep it, because its address names its contents."""

    body: bytes
    content_type: str = "application/json"
    status: int = 200
    is_cacheable: bool = False


def make_json_response(value: Any, status: int = 200) -> Response:
    """*value* as JSON."""
    return Response(msgspec.json.encode(value), status=status)


GetHandler = Callable[[str, Mapping[str, str]], Response | None]
PostHandler = Callable[[str, Any], Response | None]
UrlUsedCallback = Callable[[str, bool], None]

_FORBIDDEN = Response(
    b"This page is for the person who started it. Open the address in the terminal.", "text/plain", 403
)


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
        self,
        static_folder: Path,
        handle_get: GetHandler,
        handle_post: PostHandler,
        port: int = 0,
        on_url_used: UrlUsedCallback = lambda address, twice: None,
    ) -> None:
        self.static_folder, self.handle_get, self.handle_post, self._on_url_used = (
            static_folder,
            handle_get,
            handle_post,
            on_url_used,
        )
        self._key, self._token = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
        self._used_tokens: set[str] = set()
        self._token_lock = threading.Lock()
        self._connections: set[Any] = set()
        super().__init__(("127.0.0.1", port), _RequestHandler)
        self.allowed_hosts = {f"127.0.0.1:{self.server_port}", f"localhost:{self.server_port}"}

    @property
    def one_time_url(self) -> str:
        """Where the page is opened next; works once."""
        return f"http://127.0.0.1:{self.server_port}/#{self._token}"

    def exchange_token(self, token: str) -> str | None:
        """Return the key for the token of the address. A second use of one makes a new key: nobody's holds any longer."""
        with self._token_lock:
            was_used_before = token in self._used_tokens
            if was_used_before:
                self._used_tokens.clear()
                self._key = secrets.token_urlsafe(32)
            elif hmac.compare_digest(token.encode("utf-8", "replace"), self._token.encode()):
                self._used_tokens.add(token)
                self._token = secrets.token_urlsafe(24)
            else:
                return None
            self._on_url_used(self.one_time_url, was_used_before)
            return None if was_used_before else self._key

    def sign(self, text: str) -> str:
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


class _LimitedReader(io.RawIOBase):
    """What a connection sends, as much of it and for as long as was last allowed."""

    def __init__(self, connection: socket.socket) -> None:
        super().__init__()
        self._connection, self._bytes_left, self._deadline = connection, 0, 0.0

    def set_limit(self, size: int) -> None:
        self._bytes_left, self._deadline = size, time.monotonic() + MAX_REQUEST_SECONDS

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        remaining = self._deadline - time.monotonic()
        if not self._bytes_left or remaining <= 0:
            raise TimeoutError  # which ends the connection
        self._connection.settimeout(remaining)
        count = self._connection.recv_into(buffer, min(len(buffer), self._bytes_left))
        self._bytes_left -= count
        return count


class _RequestHandler(BaseHTTPRequestHandler):
    server: LocalServer
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "headshots", ""

    def setup(self) -> None:
        super().setup()
        self._limited_reader = _LimitedReader(self.connection)
        self.rfile = io.BufferedReader(self._limited_reader)

    def handle_one_request(self) -> None:
        self._limited_reader.set_limit(MAX_HEADER_BYTES)
        super().handle_one_request()

    def log_message(self, format: str, *arguments: Any) -> None:
        """Says nothing: the terminal is the photographer's."""

    def do_GET(self) -> None:
        path, _, query = self.path.removeprefix("/").partition("?")
        if not self._is_own_request(is_navigation=path in ("", "index.html")):
            return self._send_response(_FORBIDDEN)
        if file := self._read_static_file(path):
            return self._send_response(file)
        requested_path = self._verify_signed_path("GET", path)
        if requested_path is None:
            return self._send_response(_FORBIDDEN)
        if requested_path == "hello":  # the page asks for a proof before it sends anything
            return self._send_response(Response(self.server.sign(f"hello {query}").encode(), "text/plain"))
        try:
            values = dict(parse_qsl(query, max_num_fields=10))
        except ValueError:
            return self._send_response(Response(b"That is no address.", "text/plain", 400))
        self._send_response(
            self.server.handle_get(requested_path, values) or Response(b"There is no such page.", "text/plain", 404)
        )

    def do_POST(self) -> None:
        self.close_connection = True  # unless the body has been read
        path = self.path.removeprefix("/")
        is_token_exchange = path == "enter"
        requested_path = path if is_token_exchange else self._verify_signed_path("POST", path)
        # Another site's form can send anything but JSON.
        is_not_json = self.headers.get_content_type() != "application/json"
        if requested_path is None or is_not_json or not self._is_own_request():
            return self._send_response(_FORBIDDEN)
        length = self.headers.get("Content-Length", "")
        if not re.fullmatch("[0-9]{1,8}", length, re.ASCII) or int(length) > (
            100 if is_token_exchange else MAX_BODY_BYTES
        ):
            return self._send_response(Response(b"Too much was sent.", "text/plain", 413))
        self._limited_reader.set_limit(int(length))
        body = self.rfile.read(int(length))
        name, _, digest = requested_path.partition("/")
        if not is_token_exchange and hashlib.sha256(body).hexdigest() != digest:
            return self._send_response(Response(b"That is not what was sealed.", "text/plain", 400))
        self.close_connection = False
        try:
            value = msgspec.json.decode(body)
        except (msgspec.DecodeError, RecursionError):
            return self._send_response(Response(b"That is not JSON.", "text/plain", 400))
        if is_token_exchange:
            key = self.server.exchange_token(value) if isinstance(value, str) else None
            return self._send_response(make_json_response(key) if key else _FORBIDDEN)
        self._send_response(
            self.server.handle_post(name, value) or Response(b"There is no such thing.", "text/plain", 404)
        )

    def _is_own_request(self, *, is_navigation: bool = False) -> bool:
        """Whether this server was called by its name, and not by another site's page.

        *opening*: a link, as in the file that opens the browser, may lead to the page itself, never to anything in it.
        """
        origin = self.headers.get("Origin")
        is_own_origin = origin is None or origin.removeprefix("http://") in self.server.allowed_hosts
        is_same_site = self.headers.get("Sec-Fetch-Site", "none") in ("same-origin", "none")
        return (
            self.headers.get("Host", "") in self.server.allowed_hosts
            and is_own_origin
            and (is_same_site or is_navigation)
        )

    def _verify_signed_path(self, method: str, path: str) -> str | None:
        """The path behind a seal that holds for it."""
        signature, slash, requested_path = path.partition("/")
        expected = self.server.sign(f"{method} {requested_path}")
        return (
            requested_path
            if slash and hmac.compare_digest(signature.encode("utf-8", "replace"), expected.encode())
            else None
        )

    def _read_static_file(self, path: str) -> Response | None:
        name = path or "index.html"
        file = self.server.static_folder / name
        if not re.fullmatch(r"\w[\w.-]{,60}", name, re.ASCII) or not file.is_file():
            return None
        return Response(file.read_bytes(), f"{mimetypes.guess_type(name)[0] or 'text/plain'}; charset=utf-8")

    def _send_response(self, response: Response) -> None:
        self.connection.settimeout(MAX_REQUEST_SECONDS)
        self.send_response(response.status)
        self.send_header("Content-Type", response.content_type)
        self.send_header("Content-Length", str(len(response.body)))
        self.send_header("Cache-Control", "private, max-age=86400, immutable" if response.is_cacheable else "no-store")
        self.send_header("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(response.body)
