"""Hostile files, names and requests cost a bounded amount of time and memory, are named, and nothing else is lost."""

from __future__ import annotations

import hashlib
import http.client
import io
import itertools
import json
import os
import socket
import struct
import subprocess
import sys
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from unittest.mock import Mock

import pytest
from PIL import Image

from pelican_headshots.cache.store import Store
from pelican_headshots.cli.site import SiteProject
from pelican_headshots.images import raw_preview, render
from pelican_headshots.metadata import exif, iptc, xmp
from pelican_headshots.metadata.text import clean_text, decode_text
from pelican_headshots.notes import loader
from pelican_headshots.notes.edits import NoteEdit, OrderEdit
from pelican_headshots.people import people_file
from pelican_headshots.publish.publisher import Publisher
from pelican_headshots.review import server as local_server
from pelican_headshots.review.server import LocalServer, make_json_response
from pelican_headshots.review.session import ReviewSession
from pelican_headshots.scan.file_types import UnreadableImageError
from pelican_headshots.scan.files import MAX_FOLDER_LINKS, scan_folder
from pelican_headshots.settings import SettingsError, read
from pelican_headshots.values.rendition import Crop, Rendition
from tests.support.metadata import (
    iptc_segment,
    make_jpeg,
    packet,
    read_blocks,
    read_metadata,
    read_photo_metadata,
    xmp_segment,
)
from tests.support.photos import compose_photos, photo
from tests.support.site import REPOSITORY, Site


def make_png(*chunks: tuple[bytes, bytes]) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "#456").save(out, "PNG")
    data = out.getvalue()
    return data[:33] + b"".join(make_png_chunk(name, body) for name, body in chunks) + data[33:]


def make_png_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def measure_peak_mib(function: Callable[[], object]) -> float:
    """Return the most memory that *function* needs at once, in mebibytes."""
    tracemalloc.start()
    try:
        function()
        return tracemalloc.get_traced_memory()[1] / 2**20
    finally:
        tracemalloc.stop()


# Folders


@pytest.mark.unix
def test_folders_that_link_to_each_other_are_scanned_within_a_bound(tmp_path: Path) -> None:
    names = [f"f{number:02}" for number in range(12)]
    for name in names:
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.jpg").write_bytes(b"x")
        for other in names:
            if other != name:
                (tmp_path / name / f"to-{other}").symlink_to(f"../{other}")
    # Without a bound, a scan would find half a billion files.
    found = list(itertools.islice(scan_folder(tmp_path), MAX_FOLDER_LINKS * 20))
    assert len(found) < MAX_FOLDER_LINKS * 20
    assert {f"{name}/a.jpg" for name in names} <= {each.path for each in found if each.is_usable}
    assert any(f"more than {MAX_FOLDER_LINKS} links" in each.unusable_reason for each in found)


def test_an_empty_folder_named_like_a_photo_is_reported(tmp_path: Path) -> None:
    (tmp_path / "dir.jpg").mkdir()
    (tmp_path / "full.jpg").mkdir()
    (tmp_path / "empty").mkdir()
    (tmp_path / "full.jpg" / "a.jpg").write_bytes(b"x")
    found = {each.path: each for each in scan_folder(tmp_path)}
    assert set(found) == {"dir.jpg", "full.jpg/a.jpg"}
    assert "dir.jpg is an empty folder" in found["dir.jpg"].unusable_reason


# Metadata


def test_an_exif_value_that_thousands_of_entries_point_to_is_in_memory_once() -> None:
    count = 4000
    size = 12 * count + 2_000_000
    entries = b"".join(struct.pack(">HHII", tag, 7, size - 8, 8) for tag in range(count))
    block = b"MM\0*\0\0\0\x08" + struct.pack(">H", count) + entries
    block += b"\0" * (size - len(block))
    assert measure_peak_mib(lambda: exif.read_directories(block)) < 20
    assert len(exif.read_directories(block)["main"][5].value) == size - 8


def test_a_chain_of_thousands_of_exif_directories_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    block = b"MM\0*\0\0\0\x08"
    for number in range(3000):
        block += struct.pack(">HHHII", 1, 0x8769, 4, 1, 8 + 18 * (number + 1)) + b"\0\0\0\0"
    read_directory = Mock(wraps=exif.read_directory)
    monkeypatch.setattr(exif, "read_directory", read_directory)
    assert set(exif.read_directories(block)) == {"main", "exif"}
    assert read_directory.call_count < 100


def expect_unreadable_image(data: bytes) -> None:
    with pytest.raises(UnreadableImageError):
        read_blocks(data)


def test_all_compressed_texts_of_a_png_together_are_inflated_within_a_bound() -> None:
    compressed = b"Comment\0\0" + zlib.compress(b"\0" * (6 << 20), 9)
    data = make_png(*[(b"zTXt", compressed)] * 40)
    assert measure_peak_mib(lambda: expect_unreadable_image(data)) < 60
    bomb = b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(b"<" * (64 << 20), 9)
    assert measure_peak_mib(lambda: expect_unreadable_image(make_png((b"iTXt", bomb)))) < 60
    harmless = b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(packet("<dc:source>here</dc:source>"))
    assert read_blocks(make_png((b"iTXt", harmless))).xmp == (packet("<dc:source>here</dc:source>"),)


def test_photoshop_data_in_hundreds_of_segments_is_joined() -> None:
    assert len(read_blocks(make_jpeg_with_photoshop_segments()).photoshop) == 700 * 60_000


def make_jpeg_with_photoshop_segments() -> bytes:
    return make_jpeg(*[(0xED, b"Photoshop 3.0\0" + b"x" * 60_000)] * 700)


def test_xmp_with_millions_of_elements_is_read_as_empty_with_little_memory() -> None:
    flood = packet("<dc:subject><rdf:Bag>" + "<rdf:li/>" * 1_500_000 + "</rdf:Bag></dc:subject>")
    assert measure_peak_mib(lambda: xmp.parse_packets([flood]).properties) < 150
    assert xmp.parse_packets([flood]).properties == {}


def test_the_number_and_length_of_texts_are_limited() -> None:
    many = read_photo_metadata(iptc_segment(*[(2, 25, b"word %d" % number) for number in range(3000)]))
    assert len(many.keywords) == 200
    long = read_photo_metadata(iptc_segment((2, 25, b"k" * 5000)))
    assert len(long.keywords[0]) == 500
    assert len(clean_text("a" + "\u0301\u0316" * 2_000_000)) <= 20_000
    assert clean_text("\ufffe a\uffff\U0001ffff\ufdd0 ") == "a"
    arabic_digits = "<photoshop:DateCreated>\u0662\u0660\u0662\u0660</photoshop:DateCreated>"
    assert read_photo_metadata(xmp_segment(arabic_digits)).date == ""


COMBINING_MARKS = "\u0301\u0316" * 10_000


def make_png_with_xmp(text: str) -> bytes:
    return make_png((b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + text.encode()))


def make_keyword_packet(keywords: Iterable[str]) -> str:
    items = "".join(f"<rdf:li>{value}</rdf:li>" for value in keywords)
    return packet(f"<dc:subject><rdf:Bag>{items}</rdf:Bag></dc:subject>").decode()


EXPENSIVE_FILES: dict[str, Callable[[], bytes]] = {
    "marks": lambda: make_png_with_xmp(make_keyword_packet(f"{number}a{COMBINING_MARKS}" for number in range(25))),
    "marks that decompose": lambda: make_png_with_xmp(
        make_keyword_packet(f"{number}a" + "\u0f73" * 20_000 for number in range(25))
    ),
    "declarations": lambda: make_png_with_xmp("<?xml" * 200_000),
    "photoshop segments": make_jpeg_with_photoshop_segments,
    "long names": lambda: make_png_with_xmp(
        packet(f"<dc:{'a' * 2**20} rdf:parseType='Resource'>{'<dc:b>1</dc:b>' * 20_000}</dc:{'a' * 2**20}>").decode()
    ),
}
"""Files that would take minutes if the work grew with the square of a text's length."""


def run_with_cpu_limit(code: str, limit_seconds: int, *arguments: str) -> int:
    """Run Python *code* and return its exit status, negative if it was killed for using more CPU time."""
    limit_code = f"import resource; resource.setrlimit(resource.RLIMIT_CPU, ({limit_seconds}, {limit_seconds}))\n"
    env = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    return subprocess.run([sys.executable, "-c", limit_code + code, *arguments], env=env, check=False).returncode


@pytest.mark.parametrize("name", EXPENSIVE_FILES)
def test_metadata_is_read_in_time_proportional_to_its_length(tmp_path: Path, name: str) -> None:
    (tmp_path / "photo").write_bytes(EXPENSIVE_FILES[name]())
    code = "import pathlib, sys; from pelican_headshots.pipeline import tasks\n"
    code += "tasks.analyze_image(pathlib.Path(sys.argv[1]).read_bytes(), None, None, 10**6)"
    assert run_with_cpu_limit(code, 6, str(tmp_path / "photo")) == 0


def test_a_file_name_of_underscores_is_checked_in_little_time() -> None:
    code = "from pelican_headshots.support.filenames import is_camera_file_name\n"
    code += "is_camera_file_name('123' + '_' * 60 + '!')"
    assert run_with_cpu_limit(code, 6) == 0


def test_a_long_text_is_not_cut_within_a_character() -> None:
    for letter in ("é", "日", "😀"):
        assert set(decode_text((letter * 400_000).encode())) == {letter}


def test_of_ninety_thousand_keywords_two_hundred_are_read() -> None:
    many = xmp.parse_packets([make_keyword_packet(f"word {number}" for number in range(90_000)).encode()]).properties
    assert len(many["dc:subject"]) == 200
    block = b"".join(struct.pack(">BBBH", 0x1C, 2, 25, 5) + b"%05d" % number for number in range(90_000))
    assert len(iptc.read_iptc_records(block)[2, 25]) == 200


@pytest.mark.parametrize("format", ["avif", "jpeg", "webp", "png"])
def test_rights_too_long_for_a_rendition_are_shortened_and_it_is_written(format: str) -> None:
    creators = "".join(f"<rdf:li>{'&amp;' * 3000}</rdf:li>" for _ in range(20))
    terms = '<rdf:li xml:lang="x-default">' + "\u6f22&amp;" * 9000 + "</rdf:li>"
    body = f"<dc:creator><rdf:Seq>{creators}</rdf:Seq></dc:creator>"
    body += f"<xmpRights:UsageTerms><rdf:Alt>{terms}</rdf:Alt></xmpRights:UsageTerms>"
    _, rights = read_metadata(make_jpeg(), packet(body))
    assert (len(rights.creator), len(rights.usage_terms)) == (500, 4000)
    (rendered,) = render.render_renditions(make_jpeg(), [Rendition(Crop(), 60, 40, format, 70, rights=rights)])
    assert read_metadata(rendered)[1].creator == rights.creator


def test_rights_in_the_settings_that_are_too_long_are_an_error() -> None:
    with pytest.raises(SettingsError, match="creator.*501 characters"):
        read({"HEADSHOTS": {"rights": {"creator": "x" * 501}}})


# Notes and people


@pytest.mark.parametrize(
    "hostile",
    [
        "order = " + "9" * 10_000,
        "x = " + "[" * 100_000,
    ],
)
def test_notes_that_no_toml_parser_reads_are_one_error_with_the_file_name(tmp_path: Path, hostile: str) -> None:
    (tmp_path / "notes.toml").write_text(hostile)
    with pytest.raises(loader.NotesError, match=r"notes\.toml"):
        loader.read_notes(tmp_path / "notes.toml")


@pytest.mark.parametrize("field", ['email = "a@b.c\\n"', 'phone = "1\\n"', 'links = { x = "https://x\\n" }'])
def test_no_field_of_a_person_ends_in_a_line_break(tmp_path: Path, field: str) -> None:
    (tmp_path / "people.toml").write_text(f'[[people]]\nname = "Ann"\n{field}\n')
    try:
        (person,) = people_file.read_people_file(tmp_path / "people.toml", "people.toml").people
    except people_file.PeopleFileError:
        return
    assert not any("\n" in text for text in (person.email, person.phone, *(address for _, address in person.links)))


def test_the_error_about_a_very_long_email_address_is_short(tmp_path: Path) -> None:
    (tmp_path / "people.toml").write_text(f'[[people]]\nname = "Ann"\nemail = "{"a@" * 100_000}"\n')
    with pytest.raises(people_file.PeopleFileError) as raised:
        people_file.read_people_file(tmp_path / "people.toml", "people.toml")
    assert len(str(raised.value)) < 200


# URLs


def test_a_photo_and_a_folder_with_the_same_name_have_different_urls() -> None:
    portfolio, _ = compose_photos(
        [photo("wedding/anna.jpg"), photo("wedding/anna/kiss.jpg"), photo("wedding/Anna.png")], {}
    )
    gallery_urls = [gallery.url for gallery in portfolio.galleries]
    urls = gallery_urls + [view.url for gallery in portfolio.galleries for view in gallery.photos]
    assert len(set(urls)) == len(urls) == 5
    assert "portfolio/wedding/anna/" in gallery_urls


def test_photos_in_very_deep_folders_have_urls_short_enough_for_disks_and_servers() -> None:
    deep = "/".join(f"{number:02}" + "x" * 58 for number in range(60))
    portfolio, _ = compose_photos([photo(f"{deep}/a.jpg"), photo(f"other/{deep}/a.jpg")], {})
    urls = {view.url for gallery in portfolio.galleries for view in gallery.photos}
    assert len(urls) == 2
    assert all(len(url) < 300 for url in urls)


def test_a_manifest_that_names_a_file_outside_the_site_does_not_remove_it(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("precious")
    store = Store(tmp_path / ".headshots")
    tampered = Publisher(tmp_path / "output", store)
    tampered._pages = {"../mine.txt"}
    tampered.publish_files()
    Publisher(tmp_path / "output", store).publish_files()
    assert (tmp_path / "mine.txt").read_text() == "precious"


# The server of the review page


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LocalServer]:
    (tmp_path / "index.html").write_text("public")
    (tmp_path.parent / "secret.txt").write_text("secret")
    server = LocalServer(tmp_path, lambda _path, _query: None, lambda _path, value: make_json_response(value))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_the_server_answers_invalid_requests_with_an_error_and_goes_on(
    server: LocalServer, capfd: pytest.CaptureFixture[str]
) -> None:
    def send(method: str, target: str, body: bytes = b"", **headers: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
        connection.putrequest(method, target, skip_host="Host" in headers)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders(body or None)
        return connection.getresponse().status

    def sign(method: str, path: str) -> str:
        return f"/{server.sign(f'{method} {path}')}/{path}"

    for length in ("\u00b2", "-1", "9" * 5000, "1e3", "0x10", ""):
        assert send("POST", sign("POST", "x"), Content_Length=length, Content_Type="application/json") == 413
        assert send("POST", "/enter", Content_Length=length, Content_Type="application/json") == 413
    assert (
        send("POST", "/enter", b'"' + b"x" * 200 + b'"', Content_Length="202", Content_Type="application/json") == 413
    )
    for body in (b"[" * 100_000, b'"\\ud800"', b"\xff", b""):
        path = sign("POST", f"x/{hashlib.sha256(body).hexdigest()}")
        assert send("POST", path, body, Content_Length=str(len(body)), Content_Type="application/json") == 400
    for body in (b"{}", b'"x"', b'"\xc3\xa9"', b"17"):
        assert send("POST", "/enter", body, Content_Length=str(len(body)), Content_Type="application/json") == 403
    assert send("POST", "/enter", b'"\\ud800"', Content_Length="8", Content_Type="application/json") == 400
    for name in (
        "../secret.txt",
        "..%2fsecret.txt",
        "%2e%2e/secret.txt",
        "C:secret.txt",
        "index.html%00",
        "./index.html",
    ):
        assert send("GET", sign("GET", name)) == 404
        assert send("GET", f"/{name}") == 403
    host = f"127.0.0.1:{server.server_port}"
    for target in ("//[", "///[", "http://[", "//[?" + "&=" * 99, "/" + "x" * 9000):
        assert send("GET", target, Host=host) == 403
        assert send("GET", sign("GET", target.partition("?")[0]), Host=host) == 404
    assert send("GET", sign("GET", "x") + "?" + "a&" * 99) == 400
    for foreign_host in (
        "evil.example",
        f"127.0.0.1.evil.example:{server.server_port}",
        "127.0.0.1",
        f"[::1]:{server.server_port}",
    ):
        assert send("GET", "/", Host=foreign_host) == 403
    assert send("GET", "/") == 200
    assert capfd.readouterr().err == ""


def _connect(server: LocalServer, request: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", server.server_port), timeout=30)
    connection.sendall(request)
    return connection


def test_a_request_without_a_key_is_refused_before_its_body_is_read(server: LocalServer) -> None:
    head = f"POST /{'0' * 64}/decide/x HTTP/1.1\r\nHost: 127.0.0.1:{server.server_port}\r\n"
    head += "Content-Type: application/json\r\nContent-Length: 4000000\r\n\r\n"
    with _connect(server, head.encode()) as connection:
        answer = connection.makefile("rb").read()  # until the server closes the connection
    assert answer.startswith(b"HTTP/1.1 403")
    assert b"Connection: close" in answer


def _send_repeatedly(connection: socket.socket, part: bytes, count: int, pause_seconds: float = 0) -> None:
    for _ in range(count):
        connection.sendall(part)
        time.sleep(pause_seconds)


def test_a_request_that_is_too_long_or_too_slow_is_cut_off(
    server: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with _connect(server, b"GET / HTTP/1.1\r\n") as endless, pytest.raises(ConnectionError):
        _send_repeatedly(endless, b"x: " + b"y" * 60_000 + b"\r\n", 1000)
    monkeypatch.setattr(local_server, "MAX_REQUEST_SECONDS", 1.0)
    with _connect(server, b"GET / HTTP/1.1\r\n") as slow, pytest.raises(ConnectionError):
        _send_repeatedly(slow, b"x", 300, pause_seconds=0.1)  # no pause alone is too long


def test_the_number_of_open_connections_is_limited(server: LocalServer) -> None:
    connections = [_connect(server, b"GET / HTTP/1.1\r\n") for _ in range(local_server.MAX_CONNECTIONS)]
    with _connect(server, b"") as one_more:
        assert one_more.recv(1) == b""
    connections.pop().close()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with _connect(server, f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{server.server_port}\r\n\r\n".encode()) as retry:
            if retry.recv(12) == b"HTTP/1.1 200":
                break
    else:
        raise AssertionError("a connection that was closed still counts")
    for connection in connections:
        connection.close()


# RAW files


def test_a_raw_file_whose_tables_all_point_to_the_same_megabytes_is_read_within_bounds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    preview = make_jpeg((0xE2, b"x" * 60_000)) + b"\0" * 4_000_000
    data = b"II*\0" + struct.pack("<I", 8)
    offsets_at = 8 + 64 * 54 + len(preview)
    for number in range(64):
        next_directory = 8 + 54 * (number + 1)
        data += struct.pack("<H", 4)
        data += struct.pack("<HHII", 0x2E, 7, len(preview), 8 + 64 * 54)
        data += struct.pack("<HHII", 0x14A, 4, 500_000, offsets_at)
        data += struct.pack("<HHII", 0x201, 4, 1, 8 + 64 * 54) + struct.pack("<HHII", 0x202, 4, 1, len(preview))
        data += struct.pack("<I", next_directory if number < 63 else 0)
    data += preview + struct.pack("<I", 0xFFFFFFF0) * 500_000

    def expect_no_preview() -> None:
        with pytest.raises(UnreadableImageError, match="no preview"):
            raw_preview.extract_preview(data)

    read_directory = Mock(wraps=exif.read_directory)
    monkeypatch.setattr(exif, "read_directory", read_directory)
    assert measure_peak_mib(expect_no_preview) < 20
    assert read_directory.call_count <= 64


# Names that are not UTF-8


@pytest.fixture
def undecodable(site: Site) -> Site:
    """A site with a photo in a folder, both with bytes in their names that are not UTF-8."""
    folder = os.fsencode(site.photos) + b"/night-\xe9"
    os.mkdir(folder)
    with open(folder + b"/ann-\xe9\x1b[31m.png", "wb") as file:
        file.write(make_png())
    site.configure()
    return site


@pytest.mark.unix
@pytest.mark.parametrize("command", [("plan", "--json"), ("plan",), ("advise", "--json"), ("advise",)])
def test_commands_accept_file_names_that_are_not_utf_8(undecodable: Site, command: tuple[str, ...]) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "pelican_headshots", *command],
        cwd=undecodable.folder,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr.decode()
    assert b"\x1b[31m" not in ran.stdout + ran.stderr
    if "--json" in command:
        json.loads(ran.stdout)


@pytest.mark.unix
def test_review_writes_notes_for_file_names_that_are_not_utf_8(
    undecodable: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(undecodable.folder)
    session = ReviewSession(SiteProject(Path("pelicanconf.py")).create_build(remember=False))
    (entry,) = session.get_page_data()["photos"]
    session.apply_changes([NoteEdit(entry["digest"], {"title": "Ann"})])
    (edited,) = session.get_page_data()["photos"]
    assert edited["note"]["title"] == "Ann"
    session.apply_order(OrderEdit(entry["folder"], (entry["digest"],)))
    (notes,) = undecodable.photos.rglob("notes.toml")
    assert "Ann" in notes.read_text()


@pytest.mark.unix
def test_broken_notes_in_a_folder_whose_name_is_not_utf_8_are_one_error(undecodable: Site) -> None:
    (folder,) = undecodable.photos.iterdir()
    (folder / "notes.toml").write_text("[photos")
    result = undecodable.build()
    assert result.status == 1
    assert "is not valid TOML" in result.log
    assert "Traceback" not in result.log


def test_a_name_that_the_encoding_of_a_log_lacks_does_not_end_the_build(site: Site, demo_photos: Path) -> None:
    # Windows writes a log file in the encoding of its region.
    site.settings = {"formats": ["jpeg"], "max_width": 640}
    site.add(demo_photos / "night" / "reader.jpg", "日本/読者.jpg")
    site.write("content/photos/日本/空.jpg", "")
    built = site.build(env={"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"})
    assert built.status == 0, built.log
    assert r"\u7a7a.jpg is empty" in built.log
