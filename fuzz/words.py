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

    from pelican_headshots.images import raw_preview
    from pelican_headshots.metadata import containers, exif, iptc, orientation, reader, xmp
    from pelican_headshots.metadata.containers import MetadataBlocks
    from pelican_headshots.notes import loader
    from pelican_headshots.pages import translations
    from pelican_headshots.people import people_file
    from pelican_headshots.scan.file_types import UnreadableImageError
    from pelican_headshots.scan.open_image import open_image
    from pelican_headshots.values.geometry import Size

LIMIT = 1_000_000
"""Pixels, of a PNG decoded for what follows them."""
NOTES = Path(tempfile.mkdtemp()) / "notes.toml"


def check_input(data: bytes) -> None:
    try:
        check_picture(data)
    except UnreadableImageError as refusal:
        assert str(refusal).endswith(".")
    # Most of what the fuzzer makes is no picture, so that its blocks are read by themselves too.
    check_metadata(*reader.read(MetadataBlocks(data, (data,), data), data, Size(40, 60)))
    dict(containers.iterate_photoshop_resources(data))
    for kind in ("JPEG", "PNG", "WEBP"):
        assert 0 <= containers.count_trailing_bytes(data.ljust(12), kind) <= max(len(data), 12)
    try:
        assert raw_preview.extract_preview(data).startswith(b"\xff\xd8")
    except UnreadableImageError as refusal:
        assert str(refusal).endswith(".")
    for directory in exif.read_directories(data).values():
        for entry in directory.values():
            assert len(entry.numbers()) <= 64
            entry.raw_text()
    assert 1 <= orientation.choose_orientation(MetadataBlocks(data, (data,))) <= 8
    iptc.read_iptc_records(data)
    xmp.read_xmp_properties([data])
    NOTES.write_bytes(data)
    try:
        loader.read_notes(NOTES)
    except loader.NotesError as refusal:
        assert "notes.toml" in str(refusal)
    try:
        translations.load_translations("en", NOTES)
    except translations.TranslationsError as refusal:
        assert "notes.toml" in str(refusal)
    for name in people_file.PEOPLE_FILE_NAMES:
        try:
            people_file.read_people_file(NOTES, f"team/{name}")
        except people_file.PeopleFileError as refusal:
            assert name in str(refusal)


def check_picture(data: bytes) -> None:
    # AVIF and HEIF go through native decoders, which have fuzzers of their own.
    if data[4:8] != b"ftyp":
        with open_image(data, LIMIT) as image:
            if image.format == "PNG":
                image.load()
            found = containers.read_blocks(image, data)
        check_metadata(*reader.read(found))


def check_metadata(photo_metadata: msgspec.Struct, rights: msgspec.Struct) -> None:
    """What comes out fits a page: text that can be written, no control characters, addresses of the web only."""
    for value in (photo_metadata, rights):
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
    atheris.Setup(sys.argv, check_input)
    atheris.Fuzz()
