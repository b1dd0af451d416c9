"""The photos folder: what is taken, what is left out with a reason, and what is ignored."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path

import pytest

from pelican_headshots.scan.files import ScannedFile, UnusableFileError, escape_for_terminal, read, scan_folder


@pytest.mark.unix
def test_each_kind_of_entry_is_usable_left_out_with_a_reason_or_ignored(tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    (photos / "wedding").mkdir(parents=True)
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "secret.jpg").write_bytes(b"secret")
    for name in ("a.jpg", "wedding/b.PNG", "shot.jpg", "shot.nef", "lone.cr2", "logo.svg", "words.txt", ".hidden.jpg"):
        (photos / name).write_bytes(b"x")
    (photos / "a.jpg.xmp").write_bytes(b"<x/>")
    (photos / "empty.jpg").touch()
    (photos / "big.jpg").write_bytes(b"x" * 100)
    os.mkfifo(photos / "fifo.jpg")
    with socket.socket(socket.AF_UNIX) as unix_socket:
        unix_socket.bind(str(photos / "sock.jpg"))
    (photos / "inside.jpg").symlink_to("a.jpg")
    (photos / "out.jpg").symlink_to("../private/secret.jpg")
    (photos / "outdir").symlink_to("../private")
    (photos / "zero.jpg").symlink_to("/dev/zero")
    (photos / "loop.jpg").symlink_to("loop.jpg")
    (photos / "dangling.jpg").symlink_to("nowhere.jpg")
    (photos / "round").symlink_to(".")
    found = {f.path: f for f in scan_folder(photos, max_bytes=50)}
    usable = {path for path, f in found.items() if f.is_usable}
    assert usable == {"a.jpg", "inside.jpg", "shot.jpg", "wedding/b.PNG"}
    assert found["a.jpg"].sidecar is not None
    assert found["a.jpg"].sidecar.path == "a.jpg.xmp"
    reasons = {
        "empty.jpg": "empty",
        "big.jpg": "allowed",
        "fifo.jpg": "pipe",
        "sock.jpg": "socket",
        "out.jpg": "outside the photos folder",
        "outdir": "outside the photos folder",
        "zero.jpg": "outside the photos folder",
        "loop.jpg": "back to itself",
        "dangling.jpg": "does not exist",
        "lone.cr2": "RAW file",
        "logo.svg": "unsupported format",
    }
    for path, reason in reasons.items():
        assert path in found[path].unusable_reason, path
        assert reason in found[path].unusable_reason, found[path].unusable_reason
    assert {path for path, f in found.items() if f.ignored_reason} == {
        ".hidden.jpg",
        "a.jpg.xmp",
        "round",
        "shot.nef",
        "words.txt",
    }


def test_files_with_unusual_names_are_read(tmp_path: Path) -> None:
    names = [
        b"new\nline.jpg",
        b"latin-\xe9.jpg",
        "Zo\u00eb.jpg".encode(),
        "Zoe\u0308.jpg".encode(),
        b"x" * 251 + b".jpg",
    ]
    for number, name in enumerate(names):
        with open(os.path.join(os.fsencode(tmp_path), name), "wb") as file:
            file.write(b"%d" % number)
    contents = sorted(read(tmp_path, found) for found in scan_folder(tmp_path))
    assert contents == [b"0", b"1", b"2", b"3", b"4"]


def test_files_are_sorted_by_name(tmp_path: Path) -> None:
    for name in "dbca":
        (tmp_path / f"{name}.jpg").write_bytes(b"x")
    assert [found.path for found in scan_folder(tmp_path)] == ["a.jpg", "b.jpg", "c.jpg", "d.jpg"]


@pytest.mark.unix
def test_a_file_changed_or_removed_after_the_scan_is_refused(tmp_path: Path) -> None:
    photo = tmp_path / "a.jpg"
    photo.write_bytes(b"before")
    (found,) = scan_folder(tmp_path)
    photo.write_bytes(b"after!")
    with pytest.raises(UnusableFileError, match=r"a\.jpg changed"):
        read(tmp_path, found)
    photo.unlink()
    with pytest.raises(UnusableFileError, match=r"a\.jpg was removed"):
        read(tmp_path, found)
    os.mkfifo(photo)
    with pytest.raises(UnusableFileError, match=r"a\.jpg changed"):
        read(tmp_path, found)


@pytest.mark.unix
def test_a_link_changed_after_the_scan_is_not_followed_out_of_the_folder(tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    (photos / "a.jpg").write_bytes(b"public")
    (photos / "link.jpg").symlink_to("a.jpg")
    (tmp_path / "secret.jpg").write_bytes(b"secret")
    found = {f.path: f for f in scan_folder(photos)}["link.jpg"]
    (photos / "link.jpg").unlink()
    (photos / "link.jpg").symlink_to("../secret.jpg")
    with pytest.raises(UnusableFileError):
        read(photos, found)


@pytest.mark.unix
def test_a_folder_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may open everything: run the tests as another user")
    (tmp_path / "closed").mkdir(mode=0)
    (found,) = scan_folder(tmp_path)
    assert "closed cannot be opened" in found.unusable_reason
    shutil.rmtree(tmp_path / "closed")


def test_control_characters_in_names_are_escaped_for_the_terminal() -> None:
    assert escape_for_terminal("a\x1b[31m\n\u202ebc\udcff") == "a\\x1b[31m\\n\\u202ebc\\udcff"


@pytest.mark.unix
def test_an_unusable_sidecar_is_left_out_with_a_reason_and_its_photo_is_kept(tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    (tmp_path / "private.xmp").write_bytes(b"<x/>")
    names = ("sound", "pipe", "out", "large", "empty", "folder")
    for name in names:
        (photos / f"{name}.jpg").write_bytes(b"x")
    (photos / "sound.xmp").write_bytes(b"<x/>")
    os.mkfifo(photos / "pipe.xmp")
    (photos / "out.xmp").symlink_to("../private.xmp")
    with open(photos / "large.xmp", "wb") as large:
        large.truncate((4 << 20) + 1)
    (photos / "empty.jpg.xmp").touch()
    (photos / "folder.xmp").mkdir()
    found = {f.path.removesuffix(".jpg"): f for f in scan_folder(photos) if f.path.endswith(".jpg")}
    assert all(found[name].is_usable for name in names)
    assert {name for name in names if found[name].sidecar} == {"sound"}
    assert found["sound"].sidecar_unusable_reason == ""
    for name, reason in {
        "pipe": "pipe",
        "out": "outside the photos folder",
        "large": "4 MiB",
        "empty": "is empty",
    }.items():
        assert reason in found[name].sidecar_unusable_reason
        assert f"is not used for {name}.jpg" in found[name].sidecar_unusable_reason
        assert "max_file_mb" not in found[name].sidecar_unusable_reason


def test_a_second_sidecar_that_is_not_read_is_named(tmp_path: Path) -> None:
    # digiKam leaves photo.jpg.xmp behind when it is told to write photo.xmp.
    photos_and_sidecars = ("a.jpg", "a.jpg.xmp", "a.xmp", "b.jpg", "b.jpg.xmp", "c.jpg", "c.xmp")
    beside_a_raw_file = ("d.jpg", "d.jpg.xmp", "d.xmp", "d.NEF")
    for name in photos_and_sidecars + beside_a_raw_file:
        (tmp_path / name).write_bytes(b"x")
    found = {file.path: file for file in scan_folder(tmp_path)}
    assert {path: file.second_sidecar_remark for path, file in found.items() if file.second_sidecar_remark} == {
        "a.jpg": "a.jpg has two sidecars: a.jpg.xmp is read, a.xmp is not. Remove the one that is out of date."
    }


@pytest.mark.parametrize("name", ["notes.toml", "people.toml", "people.csv"])
def test_a_change_of_a_notes_or_people_file_is_seen(tmp_path: Path, name: str) -> None:
    def scan() -> ScannedFile:
        (found,) = scan_folder(tmp_path, max_bytes=50)
        return found

    (tmp_path / name).write_text("a")
    before = scan()
    assert before.ignored_reason
    (tmp_path / name).write_text("ab")
    assert scan().file_stat != before.file_stat


def test_a_changed_sidecar_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"x")
    (tmp_path / "a.xmp").write_bytes(b"<x/>")
    before = list(scan_folder(tmp_path))
    (tmp_path / "a.xmp").write_bytes(b"<xx/>")
    assert [
        old.path for old, new in zip(before, scan_folder(tmp_path), strict=True) if old.file_stat != new.file_stat
    ] == ["a.xmp"]
