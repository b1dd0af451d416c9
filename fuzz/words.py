"""Fuzzing what reads strangers' words: picture metadata, XMP sidecars and notes.

    python -m fuzz.words CORPUS [libFuzzer options, such as -max_total_time=600]

Files in CORPUS are taken as they are; the ones found on the way are added. `make fuzz` installs what it needs. Each input
is read as a picture, as a RAW file, as a sidecar, as notes, as words of the interface and as a list of people. What it may
do is say something, say nothing, or be refused with the sentence meant for it; everything else is a finding.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports():
    import msgspec

    from pelican_headshots.adapters.metadata import containers, exif, iptc, turn, xmp
    from pelican_headshots.adapters.metadata import words as metadata
    from pelican_headshots.adapters.metadata.containers import Blocks
    from pelican_headshots.adapters.originals.formats import UnreadablePicture
    from pelican_headshots.adapters.originals.opening import opened
    from pelican_headshots.adapters.pictures import raw
    from pelican_headshots.adapters.written import notes_file, people_file, words_file
    from pelican_headshots.core.geometry import Size

LIMIT = 1_000_000
"""Pixels, of a PNG decoded for what follows them."""
NOTES = Path(tempfile.mkdtemp()) / "notes.toml"


def one_input(data: bytes) -> None:
    try:
        picture(data)
    except UnreadablePicture as refusal:
        assert str(refusal).endswith(".")
    # Most of what the fuzzer makes is no picture, so that its blocks are read by themselves too.
    words(*metadata.read(Blocks(data, (data,), data), data, Size(40, 60)))
    dict(containers.photoshop_resources(data))
    for kind in ("JPEG", "PNG", "WEBP"):
        assert 0 <= containers.tail(data.ljust(12), kind) <= max(len(data), 12)
    try:
        assert raw.preview(data).startswith(b"\xff\xd8")
    except UnreadablePicture as refusal:
        assert str(refusal).endswith(".")
    for directory in exif.directories(data).values():
        for entry in directory.values():
            assert len(entry.numbers()) <= 64
            entry.raw_text()
    assert 1 <= turn.orientation(Blocks(data, (data,))) <= 8
    iptc.records(data)
    xmp.properties([data])
    NOTES.write_bytes(data)
    try:
        notes_file.read(NOTES)
    except notes_file.BadNotes as refusal:
        assert "notes.toml" in str(refusal)
    try:
        words_file.phrases("en", NOTES)
    except words_file.BadWords as refusal:
        assert "notes.toml" in str(refusal)
    for name in people_file.NAMES:
        try:
            people_file.read(NOTES, f"team/{name}")
        except people_file.BadPeople as refusal:
            assert name in str(refusal)


def picture(data: bytes) -> None:
    # AVIF and HEIF go through native decoders, which have fuzzers of their own.
    if data[4:8] != b"ftyp":
        with opened(data, LIMIT) as image:
            if image.format == "PNG":
                image.load()
            found = containers.blocks(image, data)
        words(*metadata.read(found))


def words(said: msgspec.Struct, rights: msgspec.Struct) -> None:
    """What comes out fits a page: text that can be written, no control characters, addresses of the web only."""
    for value in (said, rights):
        text = msgspec.json.decode(msgspec.json.encode(value))
        assert not any((c < " " and c not in "\n\t") or c in "\ufffe\uffff" for c in _strings(text)), text
        _strings(text).encode()
    for address in (rights.web_statement, rights.licensor_url):
        assert not address or address.lower().startswith(("http://", "https://")), address
        assert not set(address) & set(" \n\t<>\"'"), address


def _strings(value: object) -> str:
    if isinstance(value, dict):
        return "".join(_strings(inner) for inner in value.values())
    if isinstance(value, list):
        return "".join(_strings(inner) for inner in value)
    return value if isinstance(value, str) else ""


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
