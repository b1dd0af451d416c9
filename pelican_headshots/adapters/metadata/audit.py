"""What a finished site gives away: every picture file of it, read as a stranger would, whoever built it."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from ...core.geometry import Value
from ..originals.formats import UnreadablePicture, sniff
from ..originals.opening import ANY_SIZE, opened
from . import containers, exif, xmp
from . import words as metadata

KINDS = {
    "gps": "where it was taken",
    "serial": "serial numbers, which tie pictures to one camera",
    "owner": "the name of the camera's owner",
    "people": "names of the people shown",
    "faces": "marked faces",
    "thumbnail": "a second picture, perhaps from before it was cropped",
    "hidden": "data that follows the picture or cannot be read",
    "original": "an original",
    "too-wide": "a picture wider than is meant to be published",
    "rights": "a photograph that does not say whose it is",
    "local": "scripts that name an address of your own machine",
}
"""What is looked for: name in reports → words."""

PHOTOGRAPH = 160
"""Pixels of the shorter side from which a JPEG, WebP, AVIF, HEIF or TIFF counts as a photograph that must name its
owner; below lie icons."""

_HEADS = 65_536

_BEGINNINGS = re.compile(
    rb"(?P<JPEG>\xff\xd8\xff[\xc0-\xfe])|(?P<PNG>\x89PNG\r\n\x1a\n)|(?P<GIF>GIF8[79]a)|(?P<WebP>RIFF.{4}WEBP)"
    rb"|(?P<AVIF>.{4}ftypav)|(?P<HEIF>.{4}ftyp(?:he|mi1|ms))",
    re.DOTALL,
)
"""How picture files begin; not TIFF, for EXIF is one."""

_MOST_BEGINNINGS = 100
"""Places in one file that look like the beginning of another picture and are read."""


class Finding(Value, frozen=True):
    """One leak. *file* is relative to the site, *kind* one of KINDS, *what* a sentence without the file's name."""

    file: str
    kind: str
    what: str


class Audited(Value, frozen=True):
    """What was found, and in how many pictures. *linked*: files of the site that are hard links of files elsewhere."""

    pictures: int
    findings: tuple[Finding, ...]
    linked: tuple[str, ...] = ()


def audit(output: Path, originals: Path | None = None, max_width: int | None = None) -> Audited:
    """Read every picture below the folder *output* and find what should not be there.

    *originals*: a folder of which no file may be published as it is. *max_width*: pixels no picture may exceed.
    Links are not followed. Raises OSError for a file that cannot be opened.
    """
    known = _digests(originals) if originals else {}
    pictures, findings = 0, []
    names: dict[tuple[int, int, int], list[str]] = {}
    for path in _files(output):
        name = path.relative_to(output).as_posix()
        facts = path.stat()
        names.setdefault((facts.st_dev, facts.st_ino, facts.st_nlink), []).append(name)
        said = [Finding(name, "original", w) for w in _as_original(path, known, originals)]
        with path.open("rb") as file:
            head = file.read(_HEADS)
        try:
            kind = sniff(head)
        except UnreadablePicture as refusal:
            if path.suffix.lower() in (".html", ".htm"):
                said += [Finding(name, "local", w) for w in _in_page(path.read_bytes())]
            said += [Finding(name, k, w) for k, w in _not_a_picture(path, head, str(refusal))]
        else:
            pictures += 1
            said += [Finding(name, k, w) for k, w in in_picture(path.read_bytes(), kind, max_width)]
        findings += said
    linked = [name for (_, _, links), here in names.items() for name in here if links > len(here)]
    return Audited(pictures, tuple(findings), tuple(linked))


def _files(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(place, name)
            if path.is_file() and not path.is_symlink():
                yield path


def _digests(folder: Path) -> dict[int, dict[bytes, Path]]:
    """Digests of the files below *folder*, by size, so that only files of one size are compared."""
    known: dict[int, dict[bytes, Path]] = {}
    for path in _files(folder):
        if size := path.stat().st_size:
            known.setdefault(size, {})[_digest(path)] = path
    return known


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "blake2b").digest()


def _as_original(path: Path, known: dict[int, dict[bytes, Path]], folder: Path | None) -> Iterator[str]:
    same_size = known.get(path.stat().st_size)
    if folder and same_size and (original := same_size.get(_digest(path))):
        how = "a hard link of it" if path.samefile(original) else "byte for byte"
        yield f"is the original {original.relative_to(folder).as_posix()}, {how}"


def _not_a_picture(path: Path, head: bytes, refusal: str) -> Iterator[tuple[str, str]]:
    if " RAW file" in refusal or "Photoshop file" in refusal:
        yield "original", "is a RAW or Photoshop file, which belongs to the photographer alone"
    if path.suffix.lower() == ".xmp" or b"<x:xmpmeta" in head:
        yield from _in_xmp((path.read_bytes(),))


_SCRIPT = re.compile(rb"<script\b.*?(?:</script\s*>|\Z)", re.I | re.S)
_LOOPBACK = re.compile(rb"(?:/|\\/){2}(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?(?![\w.-])", re.I)


def _in_page(page: bytes) -> Iterator[str]:
    for script in _SCRIPT.finditer(page):
        if found := _LOOPBACK.search(script.group()):
            address = found.group().replace(b"\\", b"").decode().removeprefix("//")
            yield f"has a script that names {address}, where a visitor's own machine answers; build the site anew"
            return


def in_picture(data: bytes, kind: str, max_width: int | None) -> Iterator[tuple[str, str]]:
    """(kind of finding, sentence) for one picture file of Pillow's format *kind*."""
    try:
        with opened(data, ANY_SIZE) as image:
            size = image.size
            pages = getattr(image, "n_frames", 1) if kind == "TIFF" else 1
            previews = containers.has_preview(image)
        with opened(containers.without_pixels(data, kind), ANY_SIZE) as image:
            found = containers.blocks(image, data)
    except UnreadablePicture as refusal:
        yield "hidden", f"cannot be read, so nobody knows what is in it. {refusal}"
        return
    chunks = [(name, body) for name, body, _ in containers.chunks(data, kind)]
    exifs = [found.exif, *(body for name, body in chunks if name in (b"eXIf", b"EXIF"))]
    packets = [*found.xmp, *(body for name, body in chunks if name in (b"iTXt", b"XMP "))]
    named = list(dict.fromkeys(leak for block in exifs for leak in _in_exif(exif.directories(block), kind)))
    named += [*_in_xmp(packets), *_in_photoshop(found)]
    if previews:
        named.append(("thumbnail", "holds a preview beside the picture"))
    if pages > 1:
        named.append(("thumbnail", f"has {pages} pages, of which a viewer shows one"))
    if kind in ("AVIF", "HEIF") and containers.has_thumbnail(data):
        named.append(("thumbnail", "holds a thumbnail beside the picture"))
    yield from named
    yield from _further_pictures(data, containers.tail(data, kind), named="thumbnail" in dict(named))
    if max_width and size[0] > max_width:
        yield "too-wide", f"is {size[0]} pixels wide; {max_width} is the most"
    if kind not in ("PNG", "GIF") and min(size) >= PHOTOGRAPH:
        _, rights = metadata.read(found)
        if not rights.creator and not rights.copyright:
            yield "rights", "names neither creator nor copyright"


def _further_pictures(data: bytes, tail: int, *, named: bool) -> Iterator[tuple[str, str]]:
    """Findings about pictures in the file and in the *tail* bytes after its end; *named*: one within is known already."""
    within = list(_pictures_within(data))
    if tail:
        behind = "".join(f", with {what}" for at, what in within[-1:] if at >= len(data) - tail)
        yield "hidden", f"goes on for {tail} bytes after the picture's end{behind}"
    if within and within[0][0] < len(data) - tail and not named:
        yield "thumbnail", f"holds {within[0][1]} inside it"


def _pictures_within(data: bytes) -> Iterator[tuple[int, str]]:
    """Where further pictures begin in the file *data*, each with words for it."""
    for beginning in islice(_BEGINNINGS.finditer(data, 1), _MOST_BEGINNINGS):
        at = beginning.start()
        # Four bytes as a JPEG's stand in compressed data by chance, now and then; then no header follows them.
        if beginning.lastgroup != "JPEG" or _is_jpeg(data[at:]):
            yield at, f"another picture ({beginning.lastgroup})"


def _is_jpeg(data: bytes) -> bool:
    try:
        with opened(data, ANY_SIZE) as image:
            return min(image.size) > 0
    except UnreadablePicture:
        return False


_SERIALS = {
    0xA431: "the camera's serial number",
    0xA435: "the lens's serial number",
    0xC62F: "the camera's serial number",
    0xA420: "the picture's unique number",
    0x927C: "a maker note, which holds serial numbers and more",
}


def _in_exif(found: dict[str, exif.Directory], kind: str) -> Iterator[tuple[str, str]]:
    main, camera = found.get("main", {}), found.get("exif", {})
    # Many cameras write the version (tag 0) wherever they are.
    if set(found.get("gps", {})) - {0}:
        yield "gps", "holds GPS data in its EXIF"
    for tag, what in _SERIALS.items():
        if tag in camera or tag in main:
            yield "serial", f"holds {what} in its EXIF"
    if 0xA430 in camera or 0xA430 in main:
        yield "owner", "names the camera's owner in its EXIF"
    if kind != "TIFF" and {0x201, 0x111} & set(found.get("thumbnail", {})):
        yield "thumbnail", "holds a thumbnail in its EXIF"
    if 0x14A in main:
        yield "thumbnail", "holds a second picture beside the first"


_IN_XMP = (
    ("gps", r":GPS(?:L|Altitude|Dest|Position|Map|Time|Date|Area|Process)\w*", "GPS data"),
    ("serial", r":(?:\w*SerialNumber|ImageUniqueID)\b", "a serial number"),
    ("owner", r":(?:OwnerName|CameraOwnerName)\b", "the name of the camera's owner"),
    ("people", r":PersonInImage\w*|:PersonDisplayName\b", "names of people"),
    ("faces", r"<[\w-]+:(?:RegionList|RegionInfo|Regions)\b", "marked faces"),
    ("thumbnail", r"xmp:Thumbnails\b|xmpGImg:image\b|xapGImg:image\b", "a thumbnail"),
)


def _in_xmp(packets: Iterable[bytes]) -> Iterator[tuple[str, str]]:
    """By the names in the text: whatever is in a packet is seen by someone, be it well formed or not."""
    text = "\n".join(xmp.decoded_packet(packet) for packet in packets)
    for kind, pattern, what in _IN_XMP:
        if re.search(pattern, text):
            yield kind, f"holds {what} in its XMP"


def _in_photoshop(found: containers.Blocks) -> Iterator[tuple[str, str]]:
    if {0x0409, 0x040C} & {number for number, _ in containers.photoshop_resources(found.photoshop)}:
        yield "thumbnail", "holds a thumbnail in its Photoshop data"
    if 0x0422 in dict(containers.photoshop_resources(found.photoshop)):
        yield "hidden", "holds a second copy of its EXIF in its Photoshop data"
