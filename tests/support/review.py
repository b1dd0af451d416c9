"""A running review of a small site, and requests to it as the page makes them."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec
from PIL import Image

from pelican_headshots.support.digest import compute_digest
from pelican_headshots.values.geometry import Size
from pelican_headshots.values.photo import PhotoMetadata, PhotoRecord
from pelican_headshots.values.rendition import Rights

from .site import REPOSITORY, Site

NIGHT_PHOTOS = ("half-light", "chair-in-light", "window-light", "reader", "guitar", "weathered")

T = TypeVar("T")


def build_review_site(folder: Path) -> None:
    """Build a site in *folder*, so that copies of it have a cache with every analysis."""
    site = _get_review_site(folder)
    demo_photos = REPOSITORY / "content" / "photos"
    for name in NIGHT_PHOTOS:
        site.add(demo_photos / "night" / f"{name}.jpg", f"night/{name}.jpg")
    site.add(demo_photos / "team" / "ochre-clay_assistant.jpg", "team/jo-clay_assistant.jpg")
    built = site.build()
    assert built.status == 0, built.log


def copy_review_site(source: Path, folder: Path) -> Site:
    """Copy the site in *source*, with its cache, to *folder*."""
    shutil.copytree(source, folder)
    return _get_review_site(folder)


def add_many_photos(site: Site, count: int, folder: str = "many") -> None:
    """Add *count* tiny photos to *site* that are in its cache already; none of them could be analyzed."""
    site.configure()
    # Pelican's log drops repeated messages in the whole process: it is imported only where it is used.
    from pelican_headshots.cli.site import SiteProject

    site_build = SiteProject(site.folder / "pelicanconf.py").create_build()
    data = BytesIO()
    Image.new("RGB", (90, 60), "gray").save(data, "JPEG")
    record = PhotoRecord(Size(90, 60), None, PhotoMetadata(), Rights(), ("#808080",) * 3)
    fingerprint = site_build.processor.make_analysis_fingerprint()
    (site.photos / folder).mkdir()
    for number in range(count):
        jpeg = data.getvalue() + str(number).encode()
        (site.photos / folder / f"{number:04}.jpg").write_bytes(jpeg)
        site_build.store.photo_records.put(f"{compute_digest(jpeg)}.-.{fingerprint}", msgspec.json.encode(record))
    site_build.store.save()
    site_build.build_lock.release()


def _get_review_site(folder: Path) -> Site:
    site = Site(folder)
    site.settings = {"formats": ["jpeg"], "max_width": 640}
    return site


def start_review(site: Site, *flags: str, **options: Any) -> tuple[subprocess.Popen[str], str]:
    """Start a review of *site*; return its process and the URL of the page.

    Args:
        site: A configured site.
        flags: Further arguments of the command.
        options: Further arguments of `Popen`.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "pelican_headshots", "review", "--no-open", *flags],
        cwd=site.folder,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        stdout=subprocess.PIPE,
        text=True,
        **options,
    )
    return process, read_next_url(process)


def read_next_url(process: subprocess.Popen[str]) -> str:
    """Return the URL that a review prints next."""
    assert process.stdout is not None
    printed = ""
    while not (found := re.search(r"http://\S+", printed)):
        line = process.stdout.readline()
        assert line or process.poll() is None, f"the review ended: {printed}"
        printed += line
    return found.group()


@contextmanager
def run_review_process(site: Site, *flags: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run a review of *site* until the block ends; yield its process and the URL of the page."""
    process, url = start_review(site, *flags)
    try:
        yield process, url
    finally:
        process.terminate()
        process.wait(60)
        if process.stdout is not None:
            process.stdout.close()


@contextmanager
def run_review(site: Site, *flags: str) -> Iterator[str]:
    """Run a review of *site* until the block ends; yield the URL of the page."""
    with run_review_process(site, *flags) as (_, url):
        yield url


def read_notes(site: Site, folder: str = "night") -> dict[str, Any]:
    """Return the contents of a folder's `notes.toml`, empty without one."""
    path = site.photos / folder / "notes.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def read_note_field(site: Site, photo: str, field: str, folder: str = "night") -> Any:
    """Return one field of the note about a photo, or None."""
    return read_notes(site, folder).get("photos", {}).get(photo, {}).get(field)


def wait_until(condition: Callable[[], T], seconds: float = 60) -> T:
    """Wait until *condition* returns a true value, and return that."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, f"nothing happened within {seconds} seconds"
        time.sleep(0.05)
    return value


def send_request(url: str, method: str, path: str, body: str = "", **headers: str) -> int:
    """Send a request to the server of *url* and return the status. `Content_Type` is the header `Content-Type`."""
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(url).port, timeout=60)
    connection.putrequest(method, path, skip_host="Host" in headers)
    for name, value in headers.items():
        connection.putheader(name.replace("_", "-"), value)
    if method == "POST":
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body.encode() or None)
    status = connection.getresponse().status
    connection.close()
    return status


class ReviewClient:
    """A client that has exchanged the token in *url* for the session's key, and signs requests as the page does."""

    def __init__(self, url: str) -> None:
        self.url = url
        split = urlsplit(url)
        connection = http.client.HTTPConnection("127.0.0.1", split.port, timeout=60)
        connection.request("POST", "/enter", json.dumps(split.fragment), {"Content-Type": "application/json"})
        self.key: str = json.loads(connection.getresponse().read())
        connection.close()

    def sign_path(self, method: str, path: str) -> str:
        """Return *path* with its signature in front."""
        text = f"{method} {path.partition('?')[0]}"
        return f"/{hmac.new(self.key.encode(), text.encode(), 'sha256').hexdigest()}/{path}"

    def send(self, method: str, path: str, body: str = "", **headers: str) -> int:
        """Send a signed request and return the status."""
        if method == "POST":
            path += f"/{hashlib.sha256(body.encode()).hexdigest()}"
            headers = {"Content_Type": "application/json", **headers}
        return send_request(self.url, method, self.sign_path(method, path), body, **headers)
