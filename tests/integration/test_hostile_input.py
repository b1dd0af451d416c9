"""What strangers may hand over to cost time, memory or a page: bounded, named, and nothing else is lost by it."""

from __future__ import annotations

import hashlib
import http.client
import io
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

import pytest
from PIL import Image

from pelican_headshots.cache.store import Store
from pelican_headshots.cli import site as sites
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
from tests.support.metadata import blocks, iim, jpeg, packet, words
from tests.support.metadata import read as words_and_rights
from tests.support.metadata import xmp as xmp_segment
from tests.support.photos import compose_photos, photo
from tests.support.site import REPOSITORY, Site


def png(*chunks: tuple[bytes, bytes]) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "#456").save(out, "PNG")
    data = out.getvalue()
    return data[:33] + b"".join(_chunk(name, body) for name, body in chunks) + data[33:]


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def peak(what: Callable[[], object]) -> float:
    """Megabytes that *what* needs at once."""
    tracemalloc.start()
    try:
        what()
        return tracemalloc.get_traced_memory()[1] / 2**20
    finally:
        tracemalloc.stop()


# Folders


def test_folders_that_link_to_one_another_are_walked_in_bounds(tmp_path: Path) -> None:
    names = [f"f{number:02}" for number in range(12)]
    for name in names:
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.jpg").write_bytes(b"x")
        for other in names:
            if other != name:
                (tmp_path / name / f"to-{other}").symlink_to(f"../{other}")
    began = time.monotonic()
    found = list(scan_folder(tmp_path))
    assert time.monotonic() - began < 10
    assert {f"{name}/a.jpg" for name in names} <= {each.path for each in found if each.is_usable}
    assert any(f"more than {MAX_FOLDER_LINKS} links" in each.unusable_reason for each in found)


def test_an_empty_folder_that_is_called_like_a_picture_is_named(tmp_path: Path) -> None:
    (tmp_path / "dir.jpg").mkdir()
    (tmp_path / "full.jpg").mkdir()
    (tmp_path / "empty").mkdir()
    (tmp_path / "full.jpg" / "a.jpg").write_bytes(b"x")
    found = {each.path: each for each in scan_folder(tmp_path)}
    assert set(found) == {"dir.jpg", "full.jpg/a.jpg"}
    assert "dir.jpg is an empty folder" in found["dir.jpg"].unusable_reason


# Metadata


def test_a_value_named_by_thousands_of_entries_is_in_memory_once() -> None:
    count = 4000
    size = 12 * count + 2_000_000
    entries = b"".join(struct.pack(">HHII", tag, 7, size - 8, 8) for tag in range(count))
    block = b"MM\0*\0\0\0\x08" + struct.pack(">H", count) + entries
    block += b"\0" * (size - len(block))
    assert peak(lambda: exif.read_directories(block)) < 20
    assert len(exif.read_directories(block)["main"][5].value) == size - 8


def test_directories_that_lead_from_one_to_the_next_come_to_an_end() -> None:
    block = b"MM\0*\0\0\0\x08"
    for number in range(3000):
        block += struct.pack(">HHHII", 1, 0x8769, 4, 1, 8 + 18 * (number + 1)) + b"\0\0\0\0"
    began = time.monotonic()
    assert set(exif.read_directories(block)) == {"main", "exif"}
    assert time.monotonic() - began < 1


def refused(data: bytes) -> None:
    with pytest.raises(UnreadableImageError):
        blocks(data)


def test_compressed_texts_are_inflated_in_bounds_all_together() -> None:
    packed = b"Comment\0\0" + zlib.compress(b"\0" * (6 << 20), 9)
    data = png(*[(b"zTXt", packed)] * 40)
    assert peak(lambda: refused(data)) < 60
    bomb = b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(b"<" * (64 << 20), 9)
    assert peak(lambda: refused(png((b"iTXt", bomb)))) < 60
    sound = b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(packet("<dc:source>here</dc:source>"))
    assert blocks(png((b"iTXt", sound))).xmp == (packet("<dc:source>here</dc:source>"),)


def test_photoshop_data_in_thousands_of_pieces_is_put_together_at_once() -> None:
    data = jpeg(*[(0xED, b"Photoshop 3.0\0" + b"x" * 60_000)] * 700)
    began = time.monotonic()
    assert len(blocks(data).photoshop) == 700 * 60_000
    assert time.monotonic() - began < 5


def test_xmp_of_millions_of_elements_is_given_up_early() -> None:
    flood = packet("<dc:subject><rdf:Bag>" + "<rdf:li/>" * 1_500_000 + "</rdf:Bag></dc:subject>")
    assert peak(lambda: xmp.parse_packets([flood]).properties) < 150
    assert xmp.parse_packets([flood]).properties == {}


def test_floods_of_words_are_kept_to_what_a_page_can_bear() -> None:
    many = words(iim(*[(2, 25, b"word %d" % number) for number in range(3000)]))
    assert len(many.keywords) == 200
    long = words(iim((2, 25, b"k" * 5000)))
    assert len(long.keywords[0]) == 500
    began = time.monotonic()
    assert len(clean_text("a" + "\u0301\u0316" * 2_000_000)) <= 20_000
    assert time.monotonic() - began < 5
    assert clean_text("\ufffe a\uffff\U0001ffff\ufdd0 ") == "a"
    assert words(xmp_segment("<photoshop:DateCreated>\u0662\u0660\u0662\u0660</photoshop:DateCreated>")).date == ""


MARKS = "\u0301\u0316" * 10_000


def embedded(text: str) -> bytes:
    """A PNG with the XMP packet *text*."""
    return png((b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + text.encode()))


def keywords(values: Iterable[str]) -> str:
    listed = "".join(f"<rdf:li>{value}</rdf:li>" for value in values)
    return packet(f"<dc:subject><rdf:Bag>{listed}</rdf:Bag></dc:subject>").decode()


DEAR = {
    "marks": lambda: embedded(keywords(f"{number}a{MARKS}" for number in range(25))),
    "marks that decompose": lambda: embedded(keywords(f"{number}a" + "\u0f73" * 20_000 for number in range(25))),
    "declarations": lambda: embedded("<?xml" * 200_000),
    "long names": lambda: embedded(
        packet(f"<dc:{'a' * 2**20} rdf:parseType='Resource'>{'<dc:b>1</dc:b>' * 20_000}</dc:{'a' * 2**20}>").decode()
    ),
}
"""Files that took minutes: work that grows with the square of a text."""


def processor_seconds(code: str, limit: int, *arguments: str) -> int:
    """Run Python *code*; its exit status, negative where it needs more than *limit* seconds of the processor."""
    stop = f"import resource; resource.setrlimit(resource.RLIMIT_CPU, ({limit}, {limit}))\n"
    env = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    return subprocess.run([sys.executable, "-c", stop + code, *arguments], env=env, check=False).returncode


@pytest.mark.parametrize("name", DEAR)
def test_words_take_no_longer_to_read_than_their_length_explains(tmp_path: Path, name: str) -> None:
    (tmp_path / "dear").write_bytes(DEAR[name]())
    code = "import pathlib, sys; from pelican_headshots.pipeline import tasks\n"
    code += "tasks.analyze_image(pathlib.Path(sys.argv[1]).read_bytes(), None, None, 10**6)"
    assert processor_seconds(code, 6, str(tmp_path / "dear")) == 0


def test_an_alternative_text_of_underscores_is_read_at_once() -> None:
    code = (
        "from pelican_headshots.support.filenames import is_camera_file_name as is_one; is_one('123' + '_' * 60 + '!')"
    )
    assert processor_seconds(code, 6) == 0


def test_a_long_text_of_several_bytes_a_letter_is_cut_and_not_misread() -> None:
    for letter in ("é", "日", "😀"):
        assert set(decode_text((letter * 400_000).encode())) == {letter}


def test_ninety_thousand_keywords_are_not_all_read() -> None:
    many = xmp.parse_packets([keywords(f"word {number}" for number in range(90_000)).encode()]).properties
    assert len(many["dc:subject"]) == 200
    block = b"".join(struct.pack(">BBBH", 0x1C, 2, 25, 5) + b"%05d" % number for number in range(90_000))
    assert len(iptc.read_iptc_records(block)[2, 25]) == 200


@pytest.mark.parametrize("format", ["avif", "jpeg", "webp", "png"])
def test_rights_too_long_for_a_file_are_shortened_and_the_picture_is_published(format: str) -> None:
    creators = "".join(f"<rdf:li>{'&amp;' * 3000}</rdf:li>" for _ in range(20))
    terms = '<rdf:li xml:lang="x-default">' + "\u6f22&amp;" * 9000 + "</rdf:li>"
    body = f"<dc:creator><rdf:Seq>{creators}</rdf:Seq></dc:creator>"
    body += f"<xmpRights:UsageTerms><rdf:Alt>{terms}</rdf:Alt></xmpRights:UsageTerms>"
    _, rights = words_and_rights(jpeg(), packet(body))
    assert (len(rights.creator), len(rights.usage_terms)) == (500, 4000)
    (made,) = render.render_renditions(jpeg(), [Rendition(Crop(), 60, 40, format, 70, rights=rights)])
    assert words_and_rights(made)[1].creator == rights.creator


def test_rights_of_the_site_that_do_not_fit_are_a_broken_setting() -> None:
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
def test_toml_that_no_parser_reads_is_one_sentence(tmp_path: Path, hostile: str) -> None:
    (tmp_path / "notes.toml").write_text(hostile)
    with pytest.raises(loader.NotesError, match=r"notes\.toml"):
        loader.read_notes(tmp_path / "notes.toml")


@pytest.mark.parametrize("field", ['email = "a@b.c\\n"', 'phone = "1\\n"', 'links = { x = "https://x\\n" }'])
def test_nothing_that_a_card_holds_ends_its_line(tmp_path: Path, field: str) -> None:
    (tmp_path / "people.toml").write_text(f'[[people]]\nname = "Ann"\n{field}\n')
    try:
        (who,) = people_file.read_people_file(tmp_path / "people.toml", "people.toml").people
    except people_file.PeopleFileError:
        return
    assert not any("\n" in text for text in (who.email, who.phone, *(address for _, address in who.links)))


def test_a_sentence_about_an_address_is_no_longer_than_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "people.toml").write_text(f'[[people]]\nname = "Ann"\nemail = "{"a@" * 100_000}"\n')
    with pytest.raises(people_file.PeopleFileError) as wrong:
        people_file.read_people_file(tmp_path / "people.toml", "people.toml")
    assert len(str(wrong.value)) < 200


# Addresses


def test_a_photograph_and_a_folder_of_one_name_have_a_page_each() -> None:
    made, _ = compose_photos([photo("wedding/anna.jpg"), photo("wedding/anna/kiss.jpg"), photo("wedding/Anna.png")], {})
    urls = [gallery.url for gallery in made.galleries] + [p.url for gallery in made.galleries for p in gallery.photos]
    assert len(set(urls)) == len(urls) == 5
    assert "portfolio/wedding/anna/" in [gallery.url for gallery in made.galleries]


def test_folders_that_lie_very_deep_have_addresses_that_disks_and_servers_allow() -> None:
    deep = "/".join(f"{number:02}" + "x" * 58 for number in range(60))
    made, _ = compose_photos([photo(f"{deep}/a.jpg"), photo(f"other/{deep}/a.jpg")], {})
    urls = {each.url for gallery in made.galleries for each in gallery.photos}
    assert len(urls) == 2
    assert all(len(url) < 300 for url in urls)


def test_a_manifest_from_elsewhere_removes_nothing_outside_the_site(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("precious")
    store = Store(tmp_path / ".headshots")
    planted = Publisher(tmp_path / "output", store)
    planted._pages = {"../mine.txt"}
    planted.publish_files()
    Publisher(tmp_path / "output", store).publish_files()
    assert (tmp_path / "mine.txt").read_text() == "precious"


# The review page's server


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LocalServer]:
    (tmp_path / "index.html").write_text("mine")
    (tmp_path.parent / "secret.txt").write_text("theirs")
    server = LocalServer(tmp_path, lambda path, query: None, lambda path, value: make_json_response(value))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_the_server_outlives_requests_that_make_no_sense(
    server: LocalServer, capfd: pytest.CaptureFixture[str]
) -> None:
    def ask(method: str, what: str, body: bytes = b"", **headers: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
        connection.putrequest(method, what, skip_host="Host" in headers)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders(body or None)
        return connection.getresponse().status

    def sealed(method: str, path: str) -> str:
        return f"/{server.sign(f'{method} {path}')}/{path}"

    kind = {"Content_Type": "application/json"}
    for length in ("\u00b2", "-1", "9" * 5000, "1e3", "0x10", ""):
        assert ask("POST", sealed("POST", "x"), Content_Length=length, **kind) == 413
        assert ask("POST", "/enter", Content_Length=length, **kind) == 413
    assert ask("POST", "/enter", b'"' + b"x" * 200 + b'"', Content_Length="202", **kind) == 413
    for body in (b"[" * 100_000, b'"\\ud800"', b"\xff", b""):
        path = sealed("POST", f"x/{hashlib.sha256(body).hexdigest()}")
        assert ask("POST", path, body, Content_Length=str(len(body)), **kind) == 400
    for body in (b"{}", b'"x"', b'"\xc3\xa9"', b"17"):
        assert ask("POST", "/enter", body, Content_Length=str(len(body)), **kind) == 403
    assert ask("POST", "/enter", b'"\\ud800"', Content_Length="8", **kind) == 400
    for name in (
        "../secret.txt",
        "..%2fsecret.txt",
        "%2e%2e/secret.txt",
        "C:secret.txt",
        "index.html%00",
        "./index.html",
    ):
        assert ask("GET", sealed("GET", name)) == 404
        assert ask("GET", f"/{name}") == 403
    here = {"Host": f"127.0.0.1:{server.server_port}"}
    for odd in ("//[", "///[", "http://[", "//[?" + "&=" * 99, "/" + "x" * 9000):
        assert ask("GET", odd, **here) == 403
        assert ask("GET", sealed("GET", odd.partition("?")[0]), **here) == 404
    assert ask("GET", sealed("GET", "x") + "?" + "a&" * 99) == 400
    for host in (
        "evil.example",
        f"127.0.0.1.evil.example:{server.server_port}",
        "127.0.0.1",
        f"[::1]:{server.server_port}",
    ):
        assert ask("GET", "/", Host=host) == 403
    assert ask("GET", "/") == 200
    assert capfd.readouterr().err == ""


def _call(server: LocalServer, sent: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", server.server_port), timeout=30)
    connection.sendall(sent)
    return connection


def test_who_has_no_key_is_refused_before_anything_of_a_body_is_read(server: LocalServer) -> None:
    head = f"POST /{'0' * 64}/decide/x HTTP/1.1\r\nHost: 127.0.0.1:{server.server_port}\r\n"
    with _call(server, f"{head}Content-Type: application/json\r\nContent-Length: 4000000\r\n\r\n".encode()) as asked:
        answer = asked.makefile("rb").read()  # to the end: the connection is closed
    assert answer.startswith(b"HTTP/1.1 403") and b"Connection: close" in answer


def test_a_request_has_an_end_in_time_and_in_size(server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with _call(server, b"GET / HTTP/1.1\r\n") as endless, pytest.raises(ConnectionError):
        for _ in range(1000):
            endless.sendall(b"x: " + b"y" * 60_000 + b"\r\n")
    monkeypatch.setattr(local_server, "MAX_REQUEST_SECONDS", 1.0)
    with _call(server, b"GET / HTTP/1.1\r\n") as slow, pytest.raises(ConnectionError):
        for _ in range(300):  # each byte comes in time
            slow.sendall(b"x")
            time.sleep(0.1)


def test_no_more_connections_are_held_than_a_few_windows_need(server: LocalServer) -> None:
    held = [_call(server, b"GET / HTTP/1.1\r\n") for _ in range(local_server.MAX_CONNECTIONS)]
    with _call(server, b"") as one_more:
        assert one_more.recv(1) == b""
    held.pop().close()
    end = time.monotonic() + 20
    while time.monotonic() < end:
        with _call(server, f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{server.server_port}\r\n\r\n".encode()) as again:
            if again.recv(12) == b"HTTP/1.1 200":
                break
    else:
        raise AssertionError("a place that was given up is not given away again")
    for each in held:
        each.close()


# RAW files


def test_a_raw_file_whose_tables_name_the_same_megabytes_again_and_again_is_read_in_bounds() -> None:
    preview = jpeg((0xE2, b"x" * 60_000)) + b"\0" * 4_000_000
    data = b"II*\0" + struct.pack("<I", 8)
    places = 8 + 64 * 54 + len(preview)
    for number in range(64):
        following = 8 + 54 * (number + 1)
        data += struct.pack("<H", 4)
        data += struct.pack("<HHII", 0x2E, 7, len(preview), 8 + 64 * 54)
        data += struct.pack("<HHII", 0x14A, 4, 500_000, places)
        data += struct.pack("<HHII", 0x201, 4, 1, 8 + 64 * 54) + struct.pack("<HHII", 0x202, 4, 1, len(preview))
        data += struct.pack("<I", following if number < 63 else 0)
    data += preview + struct.pack("<I", 0xFFFFFFF0) * 500_000

    def look() -> None:
        with pytest.raises(UnreadableImageError, match="no preview"):
            raw_preview.extract_preview(data)

    began = time.monotonic()
    assert peak(look) < 20
    assert time.monotonic() - began < 5


# Names that are no text


@pytest.fixture
def undecodable(site: Site) -> Site:
    """A photograph in a folder, both of which have bytes in their names that are no UTF-8."""
    place = os.fsencode(site.photos) + b"/wall-\xe9"
    os.mkdir(place)
    with open(place + b"/ann-\xe9\x1b[31m.png", "wb") as file:
        file.write(png())
    site.configure()
    return site


@pytest.mark.parametrize("command", [("plan", "--json"), ("plan",), ("advise", "--json"), ("advise",)])
def test_every_command_bears_names_that_are_no_text(undecodable: Site, command: tuple[str, ...]) -> None:
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


def test_review_decides_about_names_that_are_no_text(undecodable: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(undecodable.folder)
    desk = ReviewSession(sites.SiteProject(Path("pelicanconf.py")).create_build(remember=False))
    (shown,) = desk.get_page_data()["photos"]
    desk.apply_changes([NoteEdit(shown["digest"], {"title": "Ann"})])
    (said,) = desk.get_page_data()["photos"]
    assert said["note"]["title"] == "Ann"
    desk.apply_order(OrderEdit(shown["folder"], (shown["digest"],)))
    (notes,) = undecodable.photos.rglob("notes.toml")
    assert "Ann" in notes.read_text()


def test_notes_in_a_folder_whose_name_is_no_text_are_refused_in_a_sentence(undecodable: Site) -> None:
    (folder,) = undecodable.photos.iterdir()
    (folder / "notes.toml").write_text("[photos")
    built = undecodable.build()
    assert built.status == 1
    assert "is not valid TOML" in built.log and "Traceback" not in built.log
