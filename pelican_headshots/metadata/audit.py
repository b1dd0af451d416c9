"""What a finished site gives away: every picture file of it, read as a stranger would, whoever built it."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from ..scan.file_types import UnreadableImageError, sniff_format
from ..scan.open_image import NO_PIXEL_LIMIT, open_image
from ..values.geometry import Value
from . import containers, exif, xmp
from . import reader as metadata

LEAK_KINDS = {
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

MIN_PHOTO_SIDE_PX = 160
"""Pixels of the shorter side from which a JPEG, WebP, AVIF, HEIF or TIFF counts as a photograph that must name its
owner; below lie icons."""

_HEADER_BYTES = 65_536

_IMAGE_SIGNATURES = re.compile(
    rb"(?P<JPEG>\xff\xd8\xff[\xc0-\xfe])|(?P<PNG>\x89PNG\r\n\x1a\n)|(?P<GIF>GIF8[79]a)|(?P<WebP>RIFF.{4}WEBP)"
    rb"|(?P<AVIF>.{4}ftypav)|(?P<HEIF>.{4}ftyp(?:he|mi1|ms))",
    re.DOTALL,
)
"""How picture files begin; not TIFF, for EXIF is one."""

_MAX_SIGNATURE_MATCHES = 100
"""Places in one file that look like the beginning of another picture and are read."""


class Leak(Value, frozen=True):
    """One leak. *file* is relative to the site, *kind* one of KINDS, *what* a sentence without the file's name."""

    file: str
    kind: str
    description: str


class AuditResult(Value, frozen=True):
    """What was found, and in how many pictures. *linked*: files of the site that are hard links of files elsewhere."""

    image_count: int
    leaks: tuple[Leak, ...]
    hard_links: tuple[str, ...] = ()


def audit(output: Path, originals: Path | None = None, max_width: int | None = None) -> AuditResult:
    """Read every picture below the folder *output* and find what should not be there.

    *originals*: a folder of which no file may be published as it is. *max_width*: pixels no picture may exceed.
    Links are not followed. Raises OSError for a file that cannot be opened.
    """
    original_digests = _digest_files(originals) if originals else {}
    image_count, leaks = 0, []
    names_by_inode: dict[tuple[int, int, int], list[str]] = {}
    for path in _iterate_files(output):
        name = path.relative_to(output).as_posix()
        stat_result = path.stat()
        names_by_inode.setdefault((stat_result.st_dev, stat_result.st_ino, stat_result.st_nlink), []).append(name)
        file_leaks = [Leak(name, "original", w) for w in _check_original(path, original_digests, originals)]
        with path.open("rb") as file:
            header = file.read(_HEADER_BYTES)
        try:
            kind = sniff_format(header)
        except UnreadableImageError as refusal:
            if path.suffix.lower() in (".html", ".htm"):
                file_leaks += [Leak(name, "local", w) for w in _check_page(path.read_bytes())]
            file_leaks += [Leak(name, k, w) for k, w in _check_non_image(path, header, str(refusal))]
        else:
            image_count += 1
            file_leaks += [Leak(name, k, w) for k, w in check_image(path.read_bytes(), kind, max_width)]
        leaks += file_leaks
    hard_links = [name for (_, _, links), here in names_by_inode.items() for name in here if links > len(here)]
    return AuditResult(image_count, tuple(leaks), tuple(hard_links))


def _iterate_files(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(parent, name)
            if path.is_file() and not path.is_symlink():
                yield path


def _digest_files(folder: Path) -> dict[int, dict[bytes, Path]]:
    """Digests of the files below *folder*, by size, so that only files of one size are compared."""
    digests: dict[int, dict[bytes, Path]] = {}
    for path in _iterate_files(folder):
        if size := path.stat().st_size:
            digests.setdefault(size, {})[_compute_digest(path)] = path
    return digests


def _compute_digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "blake2b").digest()


def _check_original(path: Path, original_digests: dict[int, dict[bytes, Path]], folder: Path | None) -> Iterator[str]:
    same_size = original_digests.get(path.stat().st_size)
    if folder and same_size and (original := same_size.get(_compute_digest(path))):
        relation = "a hard link of it" if path.samefile(original) else "byte for byte"
        yield f"is the original {original.relative_to(folder).as_posix()}, {relation}"


def _check_non_image(path: Path, header: bytes, reason: str) -> Iterator[tuple[str, str]]:
    if " RAW file" in reason or "Photoshop file" in reason:
        yield "original", "is a RAW or Photoshop file, which belongs to the photographer alone"
    if path.suffix.lower() == ".xmp" or b"<x:xmpmeta" in header:
        yield from _check_xmp((path.read_bytes(),))


_SCRIPT_ELEMENT = re.compile(rb"<script\b.*?(?:</script\s*>|\Z)", re.I | re.S)
_LOOPBACK_URL = re.compile(rb"(?:/|\\/){2}(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?(?![\w.-])", re.I)


def _check_page(page: bytes) -> Iterator[str]:
    for script in _SCRIPT_ELEMENT.finditer(page):
        if found := _LOOPBACK_URL.search(script.group()):
            address = found.group().replace(b"\\", b"").decode().removeprefix("//")
            yield f"has a script that names {address}, where a visitor's own machine answers; build the site anew"
            return


def check_image(data: bytes, kind: str, max_width: int | None) -> Iterator[tuple[str, str]]:
    """(kind of finding, sentence) for one picture file of Pillow's format *kind*."""
    try:
        with open_image(data, NO_PIXEL_LIMIT) as image:
            size = image.size
            page_count = getattr(image, "n_frames", 1) if kind == "TIFF" else 1
            previews = containers.has_preview(image)
        with open_image(containers.without_pixels(data, kind), NO_PIXEL_LIMIT) as image:
            blocks = containers.read_blocks(image, data)
    except UnreadableImageError as refusal:
        yield "hidden", f"cannot be read, so nobody knows what is in it. {refusal}"
        return
    chunks = [(name, body) for name, body, _ in containers.chunks(data, kind)]
    exifs = [blocks.exif, *(body for name, body in chunks if name in (b"eXIf", b"EXIF"))]
    packets = [*blocks.xmp, *(body for name, body in chunks if name in (b"iTXt", b"XMP "))]
    embedded_leaks = list(
        dict.fromkeys(leak for block in exifs for leak in _check_exif(exif.read_directories(block), kind))
    )
    embedded_leaks += [*_check_xmp(packets), *_check_photoshop(blocks)]
    if previews:
        embedded_leaks.append(("thumbnail", "holds a preview beside the picture"))
    if page_count > 1:
        embedded_leaks.append(("thumbnail", f"has {page_count} pages, of which a viewer shows one"))
    if kind in ("AVIF", "HEIF") and containers.has_thumbnail(data):
        embedded_leaks.append(("thumbnail", "holds a thumbnail beside the picture"))
    yield from embedded_leaks
    yield from _check_embedded_images(
        data, containers.tail(data, kind), is_reported="thumbnail" in dict(embedded_leaks)
    )
    if max_width and size[0] > max_width:
        yield "too-wide", f"is {size[0]} pixels wide; {max_width} is the most"
    if kind not in ("PNG", "GIF") and min(size) >= MIN_PHOTO_SIDE_PX:
        _, rights = metadata.read(blocks)
        if not rights.creator and not rights.copyright:
            yield "rights", "names neither creator nor copyright"


def _check_embedded_images(data: bytes, trailing_bytes: int, *, is_reported: bool) -> Iterator[tuple[str, str]]:
    """Findings about pictures in the file and in the *tail* bytes after its end; *named*: one within is known already."""
    embedded = list(_find_embedded_images(data))
    if trailing_bytes:
        suffix = "".join(f", with {what}" for at, what in embedded[-1:] if at >= len(data) - trailing_bytes)
        yield "hidden", f"goes on for {trailing_bytes} bytes after the picture's end{suffix}"
    if embedded and embedded[0][0] < len(data) - trailing_bytes and not is_reported:
        yield "thumbnail", f"holds {embedded[0][1]} inside it"


def _find_embedded_images(data: bytes) -> Iterator[tuple[int, str]]:
    """Where further pictures begin in the file *data*, each with words for it."""
    for signature in islice(_IMAGE_SIGNATURES.finditer(data, 1), _MAX_SIGNATURE_MATCHES):
        at = signature.start()
        # Four bytes as a JPEG's stand in compressed data by chance, now and then; then no header follows them.
        if signature.lastgroup != "JPEG" or _is_readable_jpeg(data[at:]):
            yield at, f"another picture ({signature.lastgroup})"


def _is_readable_jpeg(data: bytes) -> bool:
    try:
        with open_image(data, NO_PIXEL_LIMIT) as image:
            return min(image.size) > 0
    except UnreadableImageError:
        return False


_SERIAL_TAGS = {
    0xA431: "the camera's serial number",
    0xA435: "the lens's serial number",
    0xC62F: "the camera's serial number",
    0xA420: "the picture's unique number",
    0x927C: "a maker note, which holds serial numbers and more",
}


def _check_exif(directories: dict[str, exif.ExifDirectory], kind: str) -> Iterator[tuple[str, str]]:
    main_directory, exif_directory = directories.get("main", {}), directories.get("exif", {})
    # Many cameras write the version (tag 0) wherever they are.
    if set(directories.get("gps", {})) - {0}:
        yield "gps", "holds GPS data in its EXIF"
    for tag, what in _SERIAL_TAGS.items():
        if tag in exif_directory or tag in main_directory:
            yield "serial", f"holds {what} in its EXIF"
    if 0xA430 in exif_directory or 0xA430 in main_directory:
        yield "owner", "names the camera's owner in its EXIF"
    if kind != "TIFF" and {0x201, 0x111} & set(directories.get("thumbnail", {})):
        yield "thumbnail", "holds a thumbnail in its EXIF"
    if 0x14A in main_directory:
        yield "thumbnail", "holds a second picture beside the first"


_XMP_PATTERNS = (
    ("gps", r":GPS(?:L|Altitude|Dest|Position|Map|Time|Date|Area|Process)\w*", "GPS data"),
    ("serial", r":(?:\w*SerialNumber|ImageUniqueID)\b", "a serial number"),
    ("owner", r":(?:OwnerName|CameraOwnerName)\b", "the name of the camera's owner"),
    ("people", r":PersonInImage\w*|:PersonDisplayName\b", "names of people"),
    ("faces", r"<[\w-]+:(?:RegionList|RegionInfo|Regions)\b", "marked faces"),
    ("thumbnail", r"xmp:Thumbnails\b|xmpGImg:image\b|xapGImg:image\b", "a thumbnail"),
)


def _check_xmp(packets: Iterable[bytes]) -> Iterator[tuple[str, str]]:
    """By the names in the text: whatever is in a packet is seen by someone, be it well formed or not."""
    text = "\n".join(xmp.decode_packet(packet) for packet in packets)
    for kind, pattern, what in _XMP_PATTERNS:
        if re.search(pattern, text):
            yield kind, f"holds {what} in its XMP"


def _check_photoshop(blocks: containers.MetadataBlocks) -> Iterator[tuple[str, str]]:
    if {0x0409, 0x040C} & {number for number, _ in containers.iterate_photoshop_resources(blocks.photoshop)}:
        yield "thumbnail", "holds a thumbnail in its Photoshop data"
    if 0x0422 in dict(containers.iterate_photoshop_resources(blocks.photoshop)):
        yield "hidden", "holds a second copy of its EXIF in its Photoshop data"
