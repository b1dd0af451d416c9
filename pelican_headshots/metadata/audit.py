"""Audit a finished site: read every picture in it, no matter which program made it, and report what it reveals."""

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
from . import containers, exif, parsed, reader, xmp

LEAK_KINDS = {
    "gps": "the location where a photo was taken",
    "serial": "serial numbers, which identify the camera",
    "owner": "the name of the camera's owner",
    "people": "names of the people in the photo",
    "faces": "regions around faces",
    "thumbnail": "a second picture, perhaps from before the photo was cropped",
    "hidden": "data after the end of the picture or data that cannot be read",
    "original": "a file of the photos folder, unchanged",
    "too-wide": "a picture wider than allowed",
    "rights": "a photo without creator and copyright",
    "local": "scripts with a URL of your own computer",
}
"""The kinds of leaks: key in reports → description."""

MIN_PHOTO_SIDE_PX = 160
"""The shorter side from which a JPEG, WebP, AVIF, HEIF or TIFF counts as a photo, which must name its creator or
copyright. Smaller pictures are icons."""

_HEADER_BYTES = 65_536

_IMAGE_SIGNATURES = re.compile(
    rb"(?P<JPEG>\xff\xd8\xff[\xc0-\xfe])|(?P<PNG>\x89PNG\r\n\x1a\n)|(?P<GIF>GIF8[79]a)|(?P<WebP>RIFF.{4}WEBP)"
    rb"|(?P<AVIF>.{4}ftypav)|(?P<HEIF>.{4}ftyp(?:he|mi1|ms))",
    re.DOTALL,
)
"""The first bytes of picture files. Without TIFF, because every EXIF block begins like a TIFF."""

_MAX_SIGNATURE_MATCHES = 100
"""The most signatures of other pictures that are checked in one file."""


class Leak(Value, frozen=True):
    """One leak. *file* is relative to the site, *kind* a key of `LEAK_KINDS`; *description* omits the file name."""

    file: str
    kind: str
    description: str


class AuditResult(Value, frozen=True):
    """The leaks of a site.

    *image_count* is the number of pictures read; *hard_links* are files of the site that have hard links outside it.
    """

    image_count: int
    leaks: tuple[Leak, ...]
    hard_links: tuple[str, ...] = ()


def audit(output: Path, originals: Path | None = None, max_width: int | None = None) -> AuditResult:
    """Read every picture in the folder *output* and its subfolders, and return the leaks. Links are not followed.

    Args:
        output: The folder of the site.
        originals: The photos folder; none of its files may be in the site.
        max_width: The largest width of a picture in pixels.

    Raises:
        OSError: A file cannot be opened.
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
        except UnreadableImageError as error:
            if path.suffix.lower() in (".html", ".htm"):
                file_leaks += [Leak(name, "local", w) for w in _check_page(path.read_bytes())]
            file_leaks += [Leak(name, k, w) for k, w in _check_non_image(path, header, str(error))]
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
    """Return the digests of the files in *folder*, grouped by file size so that only files of equal size are compared."""
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
        relation = "a hard link to" if path.samefile(original) else "a copy of"
        yield f"is {relation} the original {original.relative_to(folder).as_posix()}"


def _check_non_image(path: Path, header: bytes, reason: str) -> Iterator[tuple[str, str]]:
    if " RAW file" in reason or "Photoshop file" in reason:
        yield "original", "is a RAW or Photoshop file, which should not be published"
    if path.suffix.lower() == ".xmp" or b"<x:xmpmeta" in header:
        yield from _check_xmp((path.read_bytes(),))


_SCRIPT_ELEMENT = re.compile(rb"<script\b.*?(?:</script\s*>|\Z)", re.I | re.S)
_LOOPBACK_URL = re.compile(rb"(?:/|\\/){2}(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?(?![\w.-])", re.I)


def _check_page(page: bytes) -> Iterator[str]:
    for script in _SCRIPT_ELEMENT.finditer(page):
        if found := _LOOPBACK_URL.search(script.group()):
            address = found.group().replace(b"\\", b"").decode().removeprefix("//")
            yield f"has a script with the address {address}, which is a visitor's own computer; build the site again"
            return


def check_image(data: bytes, kind: str, max_width: int | None) -> Iterator[tuple[str, str]]:
    """Yield (kind of leak, description) for one picture file of Pillow's format *kind*."""
    try:
        with open_image(data, NO_PIXEL_LIMIT) as image:
            size = image.size
            page_count = getattr(image, "n_frames", 1) if kind == "TIFF" else 1
            has_preview = containers.has_preview(image)
        with open_image(containers.strip_pixel_data(data, kind), NO_PIXEL_LIMIT) as image:
            blocks = containers.read_blocks(image, data)
    except UnreadableImageError as error:
        yield "hidden", f"cannot be read, so its contents are unknown. {error}"
        return
    chunks = [(name, body) for name, body, _ in containers.iterate_chunks(data, kind)]
    exifs = [blocks.exif, *(body for name, body in chunks if name in (b"eXIf", b"EXIF"))]
    packets = [*blocks.xmp, *(body for name, body in chunks if name in (b"iTXt", b"XMP "))]
    embedded_leaks = list(
        dict.fromkeys(leak for block in exifs for leak in _check_exif(exif.read_directories(block), kind))
    )
    embedded_leaks += [*_check_xmp(packets), *_check_photoshop(blocks)]
    if has_preview:
        embedded_leaks.append(("thumbnail", "contains a preview"))
    if page_count > 1:
        embedded_leaks.append(("thumbnail", f"has {page_count} pages, but viewers only show the first"))
    if kind in ("AVIF", "HEIF") and containers.has_thumbnail(data):
        embedded_leaks.append(("thumbnail", "contains a thumbnail"))
    yield from embedded_leaks
    yield from _check_embedded_images(
        data, containers.count_trailing_bytes(data, kind), is_reported="thumbnail" in dict(embedded_leaks)
    )
    if max_width and size[0] > max_width:
        yield "too-wide", f"is {size[0]} pixels wide; the limit is {max_width}"
    if kind not in ("PNG", "GIF") and min(size) >= MIN_PHOTO_SIDE_PX:
        _, rights = reader.read(parsed.parse_blocks(blocks))
        if not rights.creator and not rights.copyright:
            yield "rights", "names neither creator nor copyright"


def _check_embedded_images(data: bytes, trailing_bytes: int, *, is_reported: bool) -> Iterator[tuple[str, str]]:
    """Yield leaks for other pictures inside the file and for the *trailing_bytes* after its end.

    *is_reported*: a picture inside the file has already been reported.
    """
    embedded = list(_find_embedded_images(data))
    if trailing_bytes:
        suffix = "".join(f", with {what}" for at, what in embedded[-1:] if at >= len(data) - trailing_bytes)
        yield "hidden", f"has {trailing_bytes} bytes after the end of the picture{suffix}"
    if embedded and embedded[0][0] < len(data) - trailing_bytes and not is_reported:
        yield "thumbnail", f"contains {embedded[0][1]}"


def _find_embedded_images(data: bytes) -> Iterator[tuple[int, str]]:
    """Yield (offset, description) for each other picture inside the file *data*."""
    for signature in islice(_IMAGE_SIGNATURES.finditer(data, 1), _MAX_SIGNATURE_MATCHES):
        at = signature.start()
        # Compressed data can contain the four bytes of a JPEG signature by chance; then no readable header follows.
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
    0x927C: "a maker note, which contains serial numbers and more",
}


def _check_exif(directories: dict[str, exif.ExifDirectory], kind: str) -> Iterator[tuple[str, str]]:
    main_directory, exif_directory = directories.get("main", {}), directories.get("exif", {})
    # Many cameras write the GPS version (tag 0) even without a location.
    if set(directories.get("gps", {})) - {0}:
        yield "gps", "has GPS data in its EXIF"
    for tag, what in _SERIAL_TAGS.items():
        if tag in exif_directory or tag in main_directory:
            yield "serial", f"has {what} in its EXIF"
    if 0xA430 in exif_directory or 0xA430 in main_directory:
        yield "owner", "names the camera's owner in its EXIF"
    if kind != "TIFF" and {0x201, 0x111} & set(directories.get("thumbnail", {})):
        yield "thumbnail", "has a thumbnail in its EXIF"
    if 0x14A in main_directory:
        yield "thumbnail", "contains a second picture"


_XMP_PATTERNS = (
    ("gps", r":GPS(?:L|Altitude|Dest|Position|Map|Time|Date|Area|Process)\w*", "GPS data"),
    ("serial", r":(?:\w*SerialNumber|ImageUniqueID)\b", "a serial number"),
    ("owner", r":(?:OwnerName|CameraOwnerName)\b", "the name of the camera's owner"),
    ("people", r":PersonInImage\w*|:PersonDisplayName\b", "names of people"),
    ("faces", r"<[\w-]+:(?:RegionList|RegionInfo|Regions)\b", "regions around faces"),
    ("thumbnail", r"xmp:Thumbnails\b|xmpGImg:image\b|xapGImg:image\b", "a thumbnail"),
)


def _check_xmp(packets: Iterable[bytes]) -> Iterator[tuple[str, str]]:
    """Yield leaks found by property names in the text, because a visitor can also read XML that is not well formed."""
    text = "\n".join(xmp.decode_packet(packet) for packet in packets)
    for kind, pattern, what in _XMP_PATTERNS:
        if re.search(pattern, text):
            yield kind, f"has {what} in its XMP"


def _check_photoshop(blocks: containers.MetadataBlocks) -> Iterator[tuple[str, str]]:
    if {0x0409, 0x040C} & {number for number, _ in containers.iterate_photoshop_resources(blocks.photoshop)}:
        yield "thumbnail", "has a thumbnail in its Photoshop data"
    if 0x0422 in dict(containers.iterate_photoshop_resources(blocks.photoshop)):
        yield "hidden", "has a second copy of its EXIF in its Photoshop data"
