"""Fuzz the parsers of untrusted text: picture metadata, XMP sidecars, notes, translations and people files.

    python -m tools.fuzz.fuzz_metadata CORPUS [libFuzzer options, such as -max_total_time=600]

Files in CORPUS are used as they are, and inputs that reach new code are added. `make fuzz` installs what is needed. Each
input is read as a picture, a RAW file, a sidecar, notes, translations and a people file. A parser may return a result or
raise its own error with a complete message; anything else is a finding.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports():
    import msgspec

    from pelican_headshots.images import raw_preview
    from pelican_headshots.metadata import containers, decisions, exif, iptc, parsed, reader, xmp
    from pelican_headshots.metadata.containers import MetadataBlocks
    from pelican_headshots.notes import loader
    from pelican_headshots.pages import translations
    from pelican_headshots.people import people_file
    from pelican_headshots.scan.file_types import UnreadableImageError
    from pelican_headshots.scan.open_image import open_image
    from pelican_headshots.values.geometry import Size
    from pelican_headshots.values.photo import are_plausible
    from pelican_headshots.values.rendition import Rights

MAX_PIXELS = 1_000_000
"""Largest number of pixels of a PNG that is decoded to read the metadata after its pixel data."""
INPUT_FILE = Path(tempfile.mkdtemp()) / "notes.toml"


def check_input(data: bytes) -> None:
    """Read *data* as every kind of file; raise what a parser should not have raised."""
    try:
        check_picture(data)
    except UnreadableImageError as error:
        assert str(error).endswith(".")
    # Most inputs are not valid pictures, so the metadata blocks are read directly too.
    embedded = parsed.parse_blocks(MetadataBlocks(data, (data,), data))
    check_metadata(*reader.read(embedded, data, Size(40, 60)))
    assert are_plausible(decisions.read_decisions(embedded, data))
    dict(containers.iterate_photoshop_resources(data))
    for kind in ("JPEG", "PNG", "WEBP"):
        assert 0 <= containers.count_trailing_bytes(data.ljust(12), kind) <= max(len(data), 12)
    try:
        assert raw_preview.extract_preview(data).startswith(b"\xff\xd8")
    except UnreadableImageError as error:
        assert str(error).endswith(".")
    for directory in exif.read_directories(data).values():
        for entry in directory.values():
            assert len(entry.numbers()) <= 64
            entry.raw_text()
    assert 1 <= parsed.parse_blocks(MetadataBlocks(data, (data,))).orientation <= 8
    iptc.read_iptc_texts(data)
    xmp.parse_packets([data])
    INPUT_FILE.write_bytes(data)
    try:
        loader.read_notes(INPUT_FILE)
    except loader.NotesError as error:
        assert "notes.toml" in str(error)
    try:
        translations.load_translations("en", INPUT_FILE)
    except translations.TranslationsError as error:
        assert "notes.toml" in str(error)
    for name in people_file.PEOPLE_FILE_NAMES:
        try:
            people_file.read_people_file(INPUT_FILE, f"team/{name}")
        except people_file.PeopleFileError as error:
            assert name in str(error)


def check_picture(data: bytes) -> None:
    """Read the metadata of *data* as of a picture and check them. Raises UnreadableImageError if it is none."""
    # AVIF and HEIF are parsed by native decoders, which have their own fuzzers.
    if data[4:8] != b"ftyp":
        with open_image(data, MAX_PIXELS) as image:
            if image.format == "PNG":
                image.load()
            blocks = containers.read_blocks(image, data)
        check_metadata(*reader.read(parsed.parse_blocks(blocks)))


def check_metadata(photo_metadata: msgspec.Struct, rights: Rights) -> None:
    """Check that the result is safe on a page: text that can be encoded, no control characters, and only web URLs."""
    for value in (photo_metadata, rights):
        text = msgspec.json.decode(msgspec.json.encode(value))
        assert not any((c < " " and c not in "\n\t") or c in "\ufffe\uffff" for c in _join_strings(text)), text
        _join_strings(text).encode()
    for url in (rights.web_statement, rights.licensor_url):
        assert not url or url.lower().startswith(("http://", "https://")), url
        assert not set(url) & set(" \n\t<>\"'"), url


def _join_strings(value: object) -> str:
    if isinstance(value, dict):
        return "".join(_join_strings(item) for item in value.values())
    if isinstance(value, list):
        return "".join(_join_strings(item) for item in value)
    return value if isinstance(value, str) else ""


if __name__ == "__main__":
    atheris.Setup(sys.argv, check_input)
    atheris.Fuzz()
