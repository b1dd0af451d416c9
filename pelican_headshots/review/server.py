"""A web server for one person on this machine: it listens on loopback only, and its page must know a secret key.

Each address works once: its fragment (after `#`, which browsers never send) is a token that the page exchanges for the key.
The page signs each request with the key (HMAC-SHA256 of method and path; the path of a POST request ends with the SHA-256
of its body), and before it sends anything it lets the server prove that it knows the key too. The key is lost when the
program ends: another program that takes the port later receives nothing that this server or a later one accepts.
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
"""For the request line and the headers together."""
MAX_REQUEST_SECONDS = 20.0
"""Time limit for receiving a request, and again for sending the response."""
MAX_CONNECTIONS = 32
"""At the same time. A browser opens six."""

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; img-src 'self' data:; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
SITE_CONTENT_SECURITY_POLICY = (
    "default-src 'none'; img-src 'self' data:; media-src 'self'; style-src 'self'; font-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'; sandbox allow-same-origin"
)
"""For pages of the site, which run no script: theirs come from templates and texts that may contain anything."""

SITE_FOLDER = "site"
"""One signature is valid for everything below it, because links in the pages cannot be signed one by one."""


class Response(NamedTuple):
    """The response of a handler. A cacheable response never changes, because its URL contains the digest of its contents."""

    body: bytes
    content_type: str = "application/json"
    status: int = 200
    is_cacheable: bool = False
    content_security_policy: str = CONTENT_SECURITY_POLICY


def make_json_response(value: Any, status: int = 200) -> Response:
    """Return a response with *value* as JSON."""
    return Response(msgspec.json.encode(value), status=status)


GetHandler = Callable[[str, Mapping[str, str]], Response | None]
PostHandler = Callable[[str, Any], Response | None]
UrlUsedCallback = Callable[[str, bool], None]

_FORBIDDEN = Response(
    b"This page is for the person who started it. Open the address in the terminal.", "text/plain", 403
)


class LocalServer(ThreadingHTTPServer):
    """Serves the static files to everybody, and the responses of the handlers to pages that know the key.

    Args:
        static_folder: The folder of the page's own files.
        handle_get: Returns the response for a path and its query; None: 404.
        handle_post: Returns the response for a path and a JSON value; None: 404.
        port: 0: a free one.
        on_url_used: Called with the next address when an address was used, and with True if it had been used before.
            Somebody else may then have read it, so every open page is disconnected.
    """

    daemon_threads = True
    request_queue_size = 64
    # On Windows, True would let another program take the port while this one is running.
    allow_reuse_address = os.name != "nt"

    def __init__(
        self,
        static_folder: Path,
        handle_get: GetHandler,
        handle_post: PostHandler,
        port: int = 0,
        on_url_used: UrlUsedCallback = lambda _url, _was_used_before: None,
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
        """The next address of the page; it works once."""
        return f"http://127.0.0.1:{self.server_port}/#{self._token}"

    def exchange_token(self, token: str) -> str | None:
        """Return the key for the token of an address. A second use of a token replaces the key and so disconnects pages."""
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
        """Return the signature of *text*, which needs the key."""
        return hmac.new(self._key.encode(), text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a thread of its own, unless there are too many connections."""
        if len(self._connections) >= MAX_CONNECTIONS:
            self.shutdown_request(request)
        else:
            self._connections.add(request)
            super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Close the connection and no longer count it."""
        self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore pages that were closed or did not read the response."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class _LimitedReader(io.RawIOBase):
    """Reads from a connection within a limit of bytes and time, which `set_limit` starts anew."""

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
        """Log nothing: the terminal shows only the address of the page."""

    def do_GET(self) -> None:
        """Answer a GET request."""
        self._send_response(self._answer_get())

    def do_POST(self) -> None:
        """Answer a POST request."""
        self._send_response(self._answer_post())

    def _answer_get(self) -> Response:
        path, _, query = self.path.removeprefix("/").partition("?")
        if not self._is_own_request(is_navigation=path in ("", "index.html")):
            return _FORBIDDEN
        if file := self._read_static_file(path):
            return file
        requested_path = self._verify_signed_path("GET", path)
        if requested_path is None:
            return _FORBIDDEN
        if requested_path == "hello":  # the page lets the server prove itself before it sends anything
            return Response(self.server.sign(f"hello {query}").encode(), "text/plain")
        try:
            values = dict(parse_qsl(query, max_num_fields=10))
        except ValueError:
            return Response(b"The query is invalid.", "text/plain", 400)
        return self.server.handle_get(requested_path, values) or Response(b"There is no such page.", "text/plain", 404)

    def _answer_post(self) -> Response:
        self.close_connection = True  # until the body has been read
        path = self.path.removeprefix("/")
        is_token_exchange = path == "enter"
        requested_path = path if is_token_exchange else self._verify_signed_path("POST", path)
        # A form of another site can send anything except JSON.
        is_not_json = self.headers.get_content_type() != "application/json"
        if requested_path is None or is_not_json or not self._is_own_request():
            return _FORBIDDEN
        length = self.headers.get("Content-Length", "")
        if not re.fullmatch("[0-9]{1,8}", length, re.ASCII) or int(length) > (
            100 if is_token_exchange else MAX_BODY_BYTES
        ):
            return Response(b"Too much was sent.", "text/plain", 413)
        self._limited_reader.set_limit(int(length))
        body = self.rfile.read(int(length))
        name, _, digest = requested_path.partition("/")
        if not is_token_exchange and hashlib.sha256(body).hexdigest() != digest:
            return Response(b"The body does not match its signature.", "text/plain", 400)
        self.close_connection = False
        try:
            value = msgspec.json.decode(body)
        except (msgspec.DecodeError, RecursionError):
            return Response(b"The body is not JSON.", "text/plain", 400)
        if is_token_exchange:
            key = self.server.exchange_token(value) if isinstance(value, str) else None
            return make_json_response(key) if key else _FORBIDDEN
        return self.server.handle_post(name, value) or Response(b"There is no such action.", "text/plain", 404)

    def _is_own_request(self, *, is_navigation: bool = False) -> bool:
        """Return whether the request names this server as its host and does not come from another site's page.

        *is_navigation*: a link elsewhere, as in the file that opens the browser, may lead to the page but to nothing else.
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
        """Return the path after its signature; None if the signature is wrong."""
        signature, slash, requested_path = path.partition("/")
        is_in_site = method == "GET" and requested_path.startswith(f"{SITE_FOLDER}/")
        expected = self.server.sign(f"{method} {SITE_FOLDER if is_in_site else requested_path}")
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
        self.send_header("Content-Security-Policy", response.content_security_policy)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(response.body)
