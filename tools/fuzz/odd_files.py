"""Make odd picture files by mutating valid ones.

    python -m tools.fuzz.odd_files FOLDER COUNT [--seed 1]

The valid files are drawn here (JPEG, PNG, WebP, AVIF, TIFF, GIF, MPO, BMP). Each odd file depends only on the seed and its
own number, so that it can be made again alone. Its name says which mutation was used: `00015-truncate.jpg`.
"""

from __future__ import annotations

import argparse
import io
import random
import struct
import sys
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image, ImageCms, ImageDraw, PngImagePlugin

from pelican_headshots.images.color import build_icc_profile

EXTENSIONS = {
    "JPEG": "jpg",
    "PNG": "png",
    "WEBP": "webp",
    "AVIF": "avif",
    "TIFF": "tif",
    "GIF": "gif",
    "MPO": "mpo",
    "BMP": "bmp",
}
WRONG_EXTENSIONS = (*EXTENSIONS.values(), "jpeg", "JPG", "tiff", "heic", "jfif", "apng")
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" '
    b'tiff:Orientation="6"><dc:title><rdf:Alt><rdf:li xml:lang="x-default">A title</rdf:li></rdf:Alt></dc:title>'
    b"<dc:subject><rdf:Bag><rdf:li>one</rdf:li><rdf:li>two</rdf:li></rdf:Bag></dc:subject>"
    b"</rdf:Description></rdf:RDF></x:xmpmeta>"
)
EDGE_CASE_NUMBERS = (
    0,
    1,
    2,
    0x7F,
    0x80,
    0xFF,
    0x100,
    0x7FFF,
    0x8000,
    0xFFFF,
    0x10000,
    0x7FFFFFFF,
    0x80000000,
    0xFFFFFFFF,
)

ByteOrder = Literal["little", "big"]
Field = tuple[int, str]
"""Offset of a number in a file, and its `struct` format."""


def draw_scene(size: tuple[int, int], seed: int = 0, mode: str = "RGB") -> Image.Image:
    """Draw an image with a gradient, simple shapes, an oval like a head, and grain."""
    width, height = size
    y, x = np.mgrid[0:height, 0:width]
    grain = np.random.default_rng(seed).normal(0, 6, (height, width, 1))
    ramp = np.dstack([60 + 120 * x / width, 40 + 150 * y / height, np.full((height, width), 70 + 40 * (seed % 4))])
    image = Image.fromarray(np.clip(ramp + grain, 0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    draw.ellipse((width * 0.35, height * 0.15, width * 0.65, height * 0.7), fill="#d8b090")
    draw.rectangle((width * 0.2, height * 0.72, width * 0.8, height), fill="#304060")
    draw.line((0, 0, width, height), fill="white", width=1)
    return image.convert(mode)


def encode_image(image: Image.Image, format: str, **options: object) -> bytes:
    """Return *image* as a file in Pillow's *format*."""
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def build_exif_block(orientation: int) -> bytes:
    """Return EXIF with an orientation, a description, a photographer and a position."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010E], exif[0x013B] = orientation, "A description", "A photographer"
    exif.get_ifd(0x8825).update({1: "N", 2: (47.0, 22.0, 1.5), 3: "E", 4: (8.0, 32.0, 9.0)})
    return exif.tobytes()


@cache
def make_valid_files() -> tuple[tuple[str, bytes], ...]:
    """Return valid files as (format name, bytes)."""
    plain, other = draw_scene((360, 240)), draw_scene((240, 320), 1)
    frames = [draw_scene((120, 90), number) for number in range(3)]
    text = PngImagePlugin.PngInfo()
    text.add_text("Title", "A title")
    text.add_itxt("XML:com.adobe.xmp", XMP.decode())
    clear = draw_scene((200, 200), 2, "RGBA")
    clear.putalpha(draw_scene((200, 200), 3, "L"))
    gray_16_bit = Image.fromarray(np.asarray(draw_scene((160, 120), 4, "L")).astype(np.uint16) * 257)
    gray_float = Image.fromarray(np.asarray(draw_scene((160, 120), 5, "L")).astype(np.float32) / 255)
    fast_options = {"speed": 10, "max_threads": 1}  # the bytes depend on the number of threads
    animation_options = {"save_all": True, "append_images": frames[1:]}
    profile = build_icc_profile("Display P3")
    files = [
        (
            "JPEG",
            encode_image(plain, "JPEG", exif=build_exif_block(6), xmp=XMP, icc_profile=profile, comment=b"a comment"),
        ),
        ("JPEG", encode_image(other, "JPEG", progressive=True, exif=build_exif_block(1))),
        ("JPEG", encode_image(plain.convert("CMYK"), "JPEG")),
        ("JPEG", encode_image(plain.convert("L"), "JPEG", restart_marker_rows=2)),
        ("PNG", encode_image(plain, "PNG", pnginfo=text, exif=build_exif_block(8), icc_profile=profile)),
        ("PNG", encode_image(clear, "PNG")),
        ("PNG", encode_image(plain.convert("P"), "PNG", transparency=3)),
        ("PNG", encode_image(plain.convert("1"), "PNG")),
        ("PNG", encode_image(gray_16_bit, "PNG")),
        ("PNG", encode_image(frames[0], "PNG", **animation_options)),
        ("WEBP", encode_image(plain, "WEBP", exif=build_exif_block(3), xmp=XMP)),
        ("WEBP", encode_image(clear, "WEBP", lossless=True)),
        ("WEBP", encode_image(frames[0], "WEBP", **animation_options)),
        ("AVIF", encode_image(other, "AVIF", **fast_options, exif=build_exif_block(5), xmp=XMP)),
        ("AVIF", encode_image(clear, "AVIF", **fast_options)),
        ("AVIF", _strip_dates(encode_image(frames[0], "AVIF", **fast_options, **animation_options))),
        ("TIFF", encode_image(plain, "TIFF", compression="tiff_lzw")),
        ("TIFF", encode_image(plain, "TIFF", exif=build_exif_block(6))),
        ("TIFF", encode_image(plain.convert("1"), "TIFF", compression="group4")),
        ("TIFF", encode_image(plain.convert("CMYK"), "TIFF", compression="tiff_adobe_deflate")),
        ("TIFF", encode_image(gray_16_bit, "TIFF")),
        ("TIFF", encode_image(gray_float, "TIFF")),
        ("TIFF", encode_image(frames[0], "TIFF", **animation_options)),
        ("GIF", encode_image(plain.convert("P"), "GIF")),
        ("GIF", encode_image(frames[0].convert("P"), "GIF", save_all=True, append_images=frames[1:])),
        ("MPO", encode_image(plain, "MPO", save_all=True, append_images=[other])),
        ("BMP", encode_image(plain, "BMP")),
    ]
    return tuple(files)


def _strip_dates(data: bytes) -> bytes:
    """Remove the creation time from an animated AVIF."""
    patched = bytearray(data)
    for name in (b"mvhd", b"tkhd", b"mdhd"):
        at = data.find(name)
        while at > 0:
            size = 16 if data[at + 4] else 8
            patched[at + 8 : at + 8 + size] = bytes(size)
            at = data.find(name, at + 4)
    return bytes(patched)


# Positions of lengths, widths and heights in each format


def find_length_fields(data: bytes) -> list[Field]:
    """Return the numbers in *data* that are lengths, counts or offsets."""
    if data.startswith(b"\xff\xd8"):
        return [(at + 2, ">H") for at, _ in _find_jpeg_segments(data)]
    if data.startswith(b"\x89PNG"):
        return [(at, ">I") for at, _ in _find_png_chunks(data)]
    if data.startswith(b"RIFF"):
        return [(4, "<I"), *((at + 4, "<I") for at in _find_riff_chunks(data))]
    if data[4:8] == b"ftyp":
        return [(at, ">I") for at in _find_boxes(data)]
    if data[:2] in (b"II", b"MM"):
        byte_order = "<" if data[:2] == b"II" else ">"
        return [
            (4, byte_order + "I"),
            *((at + offset, byte_order + "I") for at in _find_tiff_entries(data) for offset in (4, 8)),
        ]
    if data.startswith(b"BM"):
        return [(2, "<I"), (10, "<I"), (14, "<I"), (34, "<I"), (46, "<I")]
    return [(10, "B"), (13, "B")]


def find_dimension_fields(data: bytes) -> list[Field]:
    """Return the numbers in *data* that are the width or height of the picture."""
    if data.startswith(b"\xff\xd8"):
        return [
            (at + offset, ">H")
            for at, marker in _find_jpeg_segments(data)
            if 0xC0 <= marker <= 0xC2
            for offset in (5, 7)
        ]
    if data.startswith(b"\x89PNG"):
        return [(16, ">I"), (20, ">I")]
    if data.startswith(b"RIFF"):
        return [(24, "<H"), (26, "<H"), (27, "<H")]
    if data[4:8] == b"ftyp":
        at = data.find(b"ispe")
        return [(at + 8, ">I"), (at + 12, ">I")] if at > 0 else []
    if data[:2] in (b"II", b"MM"):
        byte_order = "<" if data[:2] == b"II" else ">"
        size_tags = (256, 257)
        return [
            (at + 8, byte_order + "I")
            for at in _find_tiff_entries(data)
            if _read_number(data, at, byte_order + "H") in size_tags
        ]
    if data.startswith(b"BM"):
        return [(18, "<i"), (22, "<i")]
    return [(6, "<H"), (8, "<H")]


def _read_number(data: bytes, at: int, number_format: str) -> int:
    return (
        int(struct.unpack_from(number_format, data, at)[0]) if at + struct.calcsize(number_format) <= len(data) else 0
    )


def _find_jpeg_segments(data: bytes) -> list[tuple[int, int]]:
    """Return the offset and marker of each segment before the pixel data."""
    at, segments = 2, []
    while at + 4 <= len(data) and data[at] == 0xFF:
        segments.append((at, data[at + 1]))
        if data[at + 1] == 0xDA:
            break
        at += 2 + _read_number(data, at + 2, ">H")
    return segments


def _find_png_chunks(data: bytes) -> list[tuple[int, bytes]]:
    at, chunks = 8, []
    while at + 12 <= len(data):
        chunks.append((at, data[at + 4 : at + 8]))
        at += 12 + _read_number(data, at, ">I")
    return chunks


def _find_riff_chunks(data: bytes) -> list[int]:
    at, offsets = 12, []
    while at + 8 <= len(data):
        offsets.append(at)
        at += 8 + (_read_number(data, at + 4, "<I") + 1) // 2 * 2
    return offsets


def _find_boxes(data: bytes) -> list[int]:
    """Return the offsets of the important boxes of an AVIF file, found by their names."""
    names = (b"ftyp", b"meta", b"iloc", b"iinf", b"infe", b"iprp", b"ipco", b"ispe", b"av1C", b"colr", b"ipma", b"mdat")
    return [at - 4 for name in names if (at := data.find(name)) >= 4]


def _find_tiff_entries(data: bytes) -> list[int]:
    byte_order = "<" if data[:2] == b"II" else ">"
    first = _read_number(data, 4, byte_order + "I")
    return [
        first + 2 + 12 * k
        for k in range(min(_read_number(data, first, byte_order + "H"), 64))
        if first + 14 + 12 * k <= len(data)
    ]


def _replace_number(data: bytes, field: Field, value: int) -> bytes:
    at, number_format = field
    size = struct.calcsize(number_format)
    if not 0 <= at <= len(data) - size:
        return data
    byte_order: ByteOrder = "little" if number_format.startswith("<") else "big"
    return data[:at] + (value % (1 << 8 * size)).to_bytes(size, byte_order) + data[at + size :]


def _fix_png_checksums(data: bytes) -> bytes:
    """Correct the checksums of a PNG, so that decoders read the changed chunks."""
    if not data.startswith(b"\x89PNG"):
        return data
    patched = bytearray(data)
    for at, _ in _find_png_chunks(data):
        end = at + 8 + _read_number(data, at, ">I")
        if end + 4 <= len(data):
            struct.pack_into(">I", patched, end, zlib.crc32(data[at + 4 : end]))
    return bytes(patched)


# Mutations. Each takes a random number generator and returns (format name, bytes).

MutatedFile = tuple[str, bytes]


def flip_bits(rng: random.Random) -> MutatedFile:
    """Flip up to 64 bits anywhere."""
    kind, data = rng.choice(make_valid_files())
    odd = bytearray(data)
    for _ in range(rng.choice((1, 2, 8, 64))):
        odd[rng.randrange(len(odd))] ^= 1 << rng.randrange(8)
    return kind, bytes(odd)


def truncate(rng: random.Random) -> MutatedFile:
    """Cut the file off near its start, anywhere, or near its end."""
    kind, data = rng.choice(make_valid_files())
    return kind, data[
        : rng.choice((rng.randrange(1, 64), rng.randrange(1, len(data)), len(data) - rng.randrange(1, 16)))
    ]


def splice(rng: random.Random) -> MutatedFile:
    """Join the start of one file with the end of another."""
    (kind, first), (_, second) = rng.choice(make_valid_files()), rng.choice(make_valid_files())
    return kind, first[: rng.randrange(len(first))] + second[rng.randrange(len(second)) :]


def move_part(rng: random.Random) -> MutatedFile:
    """Move, repeat or remove a part of the file."""
    kind, data = rng.choice(make_valid_files())
    start = rng.randrange(len(data))
    part = data[start : start + rng.randrange(1, 2000)]
    into = rng.randrange(len(data))
    if rng.random() < 0.3:
        return kind, data.replace(part, b"", 1)
    return kind, data[:into] + part * rng.choice((1, 1, 2, 40)) + data[into:]


def falsify_length(rng: random.Random) -> MutatedFile:
    """Replace numbers that say how long something is."""
    kind, data = rng.choice(make_valid_files())
    for _ in range(rng.choice((1, 1, 2, 4))):
        field = rng.choice(find_length_fields(data) or [(4, ">I")])
        near = _read_number(data, *field) + rng.choice((-8, -2, -1, 1, 2, 8))
        data = _replace_number(data, field, rng.choice((near, rng.choice(EDGE_CASE_NUMBERS))))
    return kind, data


def falsify_size(rng: random.Random) -> MutatedFile:
    """Change the width or height in the header, but not the pixel data."""
    kind, data = rng.choice(make_valid_files())
    fields = find_dimension_fields(data)
    for field in rng.sample(fields, min(len(fields), rng.choice((1, 2)))):
        data = _replace_number(
            data, field, rng.choice((0, 1, 2, 239, 241, 1000, 16_000, 30_000, 65_535, 1 << 20, 0xFFFFFFFF))
        )
    return kind, _fix_png_checksums(data)


def corrupt_header(rng: random.Random) -> MutatedFile:
    """Replace bytes among the first 96."""
    kind, data = rng.choice(make_valid_files())
    odd = bytearray(data)
    for _ in range(rng.choice((1, 2, 4))):
        odd[rng.randrange(min(len(odd), 96))] = (
            rng.choice(EDGE_CASE_NUMBERS[:6]) if rng.random() < 0.5 else rng.randrange(256)
        )
    return kind, _fix_png_checksums(bytes(odd)) if rng.random() < 0.7 else bytes(odd)


def make_odd_text(rng: random.Random) -> bytes:
    """Return odd content for a text field or metadata block."""
    return rng.choice(
        (
            b"",
            rng.randbytes(rng.randrange(1, 3000)),
            b"\0" * rng.randrange(1, 3000),
            b"<script>alert(1)</script>" * rng.choice((1, 100)),
            "e\u0301\u202e\u200d".encode() * rng.choice((1, 500)),
            b"\xff\xfe" + "Wörter".encode("utf-16-le"),
            XMP,
            XMP[: rng.randrange(len(XMP))],
            XMP.replace(b"A title", b"t" * 50_000),
            XMP.replace(b"<rdf:li>one</rdf:li>", b"<rdf:li>one</rdf:li>" * 4000),
            XMP.replace(b"rdf:Bag", b"rdf:Seq"),
            XMP.replace(b'Orientation="6"', b'Orientation="%d"' % rng.choice((-1, 0, 9, 99_999))),
            b"<a>" * 20_000,
            b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>',
            build_exif_block(rng.randrange(0, 12))[: rng.randrange(1, 200)],
            b"Exif\0\0" + corrupt_bytes(rng, build_exif_block(6)),
        )
    )


def corrupt_bytes(rng: random.Random, data: bytes) -> bytes:
    """Return *data* with up to eleven bytes replaced anywhere."""
    odd = bytearray(data)
    for _ in range(rng.randrange(1, 12)):
        odd[rng.randrange(len(odd))] = rng.randrange(256)
    return bytes(odd)


def insert_odd_metadata(rng: random.Random) -> MutatedFile:
    """Insert a metadata block with odd content, once or many times."""
    kind, data = rng.choice(make_valid_files())
    times = rng.choice((1, 2, 30))
    block = make_odd_text(rng)
    if data.startswith(b"\xff\xd8"):
        head = rng.choice(
            (
                b"Exif\0\0",
                b"http://ns.adobe.com/xap/1.0/\0",
                b"ICC_PROFILE\0\1\1",
                b"Photoshop 3.0\x008BIM\4\4\0\0",
                b"MPF\0",
                b"",
            )
        )
        body = (head + block)[:65_000]
        marker = rng.choice((0xE1, 0xE1, 0xE2, 0xED, 0xEE, 0xFE, 0xE0))
        return kind, data[:2] + (b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body) * times + data[2:]
    if data.startswith(b"\x89PNG"):
        name = rng.choice(
            (b"tEXt", b"iTXt", b"zTXt", b"eXIf", b"iCCP", b"gAMA", b"cHRM", b"tRNS", b"PLTE", b"acTL", b"tIME")
        )
        if name in (b"tEXt", b"iTXt", b"zTXt"):
            key = rng.choice(
                (b"Title", b"Description", b"XML:com.adobe.xmp", b"Raw profile type exif", b"k" * 200, b"")
            )
            block = (
                key
                + {b"tEXt": b"\0", b"iTXt": b"\0\0\0\0\0", b"zTXt": b"\0\0"}[name]
                + (zlib.compress(block * 100) if name == b"zTXt" else block)
            )
        chunk = struct.pack(">I", len(block)) + name + block + struct.pack(">I", zlib.crc32(name + block))
        at = rng.choice([at for at, _ in _find_png_chunks(data)][1:])
        return kind, data[:at] + chunk * times + data[at:]
    if data.startswith(b"RIFF"):
        body = (
            rng.choice((b"EXIF", b"XMP ", b"ICCP", b"ANIM", b"????"))
            + struct.pack("<I", len(block))
            + block
            + b"\0" * (len(block) % 2)
        )
        patched = data + body * times
        return kind, _replace_number(patched, (4, "<I"), len(patched) - 8)
    if data[:2] in (b"II", b"MM"):
        byte_order = "<" if data[:2] == b"II" else ">"
        at = rng.choice(_find_tiff_entries(data))
        tag = rng.choice((700, 33_723, 34_377, 34_665, 34_675, 34_853, 274, 320, 330, 700))
        entry = struct.pack(byte_order + "HHII", tag, rng.choice((1, 2, 3, 4, 7, 13)), len(block), len(data))
        return kind, data[:at] + entry + data[at + 12 :] + block
    return kind, data + block * times


def append_data(rng: random.Random) -> MutatedFile:
    """Append another file, zeros, random bytes or text."""
    kind, data = rng.choice(make_valid_files())
    tail = rng.choice(
        (
            rng.choice(make_valid_files())[1],
            data,
            rng.randbytes(rng.randrange(1, 50_000)),
            b"\0" * rng.randrange(1, 500_000),
            b"PK\3\4" + rng.randbytes(300),
            b"<html><script>alert(1)</script></html>",
        )
    )
    return kind, data + tail


def make_odd_shape(rng: random.Random) -> MutatedFile:
    """Make a valid picture with an unusual shape."""
    long = rng.choice((1, 2, 3, 50, 700, 5000, 16_000, 24_000))
    short = rng.choice((1, 1, 2, 3, 8, 60))
    size = (long, short) if rng.random() < 0.5 else (short, long)
    kind = rng.choice(
        [
            kind
            for kind in ("JPEG", "PNG", "GIF", "TIFF", "WEBP", "AVIF")
            if kind not in ("WEBP", "AVIF") or long < 16_000
        ]
    )
    image = Image.new("RGB", size, rng.choice(("red", "white", "black", "#345678")))
    options = {"speed": 10, "max_threads": 1} if kind == "AVIF" else {}
    return kind, encode_image(image.convert("P") if kind == "GIF" else image, kind, **options)


def make_odd_mode(rng: random.Random) -> MutatedFile:
    """Make a valid picture with an unusual pixel format."""
    size = (rng.randrange(1, 400), rng.randrange(1, 400))
    kind, mode, options = rng.choice(
        (
            ("PNG", "1", {}),
            ("PNG", "I;16", {}),
            ("PNG", "LA", {}),
            ("PNG", "P", {"bits": rng.choice((1, 2, 4)), "transparency": 0}),
            ("TIFF", "LAB", {}),
            ("TIFF", "YCbCr", {}),
            ("TIFF", "I", {}),
            ("TIFF", "F", {}),
            ("TIFF", "PA", {}),
            ("TIFF", "RGBA", {"compression": "packbits"}),
            ("TIFF", "1", {"compression": rng.choice(("group3", "group4", "tiff_ccitt"))}),
            ("JPEG", "CMYK", {"progressive": True}),
            ("JPEG", "YCbCr", {"subsampling": rng.choice((0, 1, 2)), "quality": rng.choice((1, 5, 100))}),
            ("WEBP", "RGBA", {"lossless": True}),
            ("AVIF", "RGBA", {"speed": 10, "max_threads": 1, "subsampling": rng.choice(("4:0:0", "4:2:0", "4:4:4"))}),
            ("BMP", "1", {}),
        )
    )
    image = draw_scene(size, rng.randrange(1000))
    if mode in ("I", "F", "I;16", "LA"):
        gray = image.convert("L")
        image = Image.fromarray(np.asarray(gray).astype(np.uint16) * 257) if mode == "I;16" else gray.convert(mode)
    else:
        image = (
            image.convert("P").convert(mode)
            if mode == "PA"
            else _convert_to_lab(image)
            if mode == "LAB"
            else image.convert(mode)
        )
    return kind, encode_image(image, kind, **options)


def _convert_to_lab(image: Image.Image) -> Image.Image:
    converted = ImageCms.profileToProfile(
        image, ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
    )
    assert converted is not None
    converted.info = {}  # the profile contains the current date
    return converted


def combine_mutations(rng: random.Random) -> MutatedFile:
    """Replace bytes in a file that was mutated already, and perhaps truncate it."""
    kind, data = rng.choice((insert_odd_metadata, falsify_length, append_data, corrupt_header))(rng)
    odd = bytearray(data)
    for _ in range(rng.choice((1, 4))):
        odd[rng.randrange(len(odd))] = rng.randrange(256)
    return kind, bytes(odd)[: rng.choice((len(odd), rng.randrange(1, len(odd) + 1)))]


def keep_unchanged(rng: random.Random) -> MutatedFile:
    """Return a valid file."""
    return rng.choice(make_valid_files())


MUTATIONS: tuple[Callable[[random.Random], MutatedFile], ...] = (
    flip_bits,
    truncate,
    splice,
    move_part,
    falsify_length,
    falsify_size,
    corrupt_header,
    insert_odd_metadata,
    insert_odd_metadata,
    append_data,
    make_odd_shape,
    make_odd_mode,
    combine_mutations,
    keep_unchanged,
)


def write_odd_file(folder: Path, number: int, seed: int = 1) -> list[Path]:
    """Write the odd file with this number, and for some a sidecar. Return their paths, the picture first."""
    rng = random.Random(f"{seed}:{number}")
    mutation = MUTATIONS[number % len(MUTATIONS)]
    kind, data = mutation(rng)
    extension = rng.choice(WRONG_EXTENSIONS) if rng.random() < 0.1 else EXTENSIONS[kind]
    path = folder / f"{number:05}-{mutation.__name__.replace('_', '-')}.{extension}"
    path.write_bytes(data)
    if mutation is not keep_unchanged and rng.random() > 0.05:
        return [path]
    sidecar = path.with_name(path.name + ".xmp" if rng.random() < 0.5 else path.stem + ".xmp")
    sidecar.write_bytes(make_odd_text(rng))
    return [path, sidecar]


def main() -> int:
    """Write the odd files that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    for number in range(args.count):
        write_odd_file(args.folder, number, args.seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
