"""Make the theme's two fonts: download them, subset them to the characters that pages need, and write woff2 files.

`Source Serif Pro` Light is the display font and `Hanken Grotesk` Regular the text font. Both are under the SIL Open Font
License 1.1, whose text is written to the same folder.
"""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .wheels import download_wheel

LETTERS = {
    "": "U+0020-007E,U+00A0,U+00A1,U+00A7,U+00A9,U+00AB,U+00AD,U+00B0,U+00B7,U+00BB,U+00BF-00CF,U+00D1-00DC,U+00DF-00EF,"
    "U+00F1-00FC,U+0152,U+0153,U+2013,U+2014,U+2018-201A,U+201C-201E,U+2022,U+2026,U+2039,U+203A,U+20AC,U+2122,U+2190,U+2192",
    "-more": "U+00A2-00A6,U+00A8,U+00AA,U+00AC,U+00AE,U+00AF,U+00B1-00B6,U+00B8-00BA,U+00BC-00BE,U+00D0,U+00DD,U+00DE,"
    "U+00F0,U+00FD-0151,U+0154-017F,U+0192,U+0218-021B,U+02C6,U+02DA,U+02DC,U+2010-2012,U+2015,U+201B,U+2020,U+2021,U+2032,"
    "U+2033,U+2044,U+2191,U+2193,U+2212",
}
"""Suffix of the file → its characters, the same as `unicode-range` in the theme's stylesheet. The first has western Latin
and punctuation, for every page; the second has central European and Turkish letters and rarer characters, and is only loaded
by pages that use one.

The first file is kept below 14,600 bytes including its headers: that is what a server sends before it waits for an answer
(ten segments of 1,460 bytes, RFC 6928). On a mobile network, a larger file arrives one round trip later.
"""
FEATURES = ["kern", "liga", "locl"]


@dataclass(frozen=True)
class Typeface:
    """A font: its package, its file and license file in the wheel (*member*, *licence*), and the name of our files."""

    package: str
    version: str
    sha256: str
    member: str
    licence: str
    name: str

    @property
    def files(self) -> dict[str, str]:
        """File name → the characters in it."""
        return {f"{self.name}{part}.woff2": letters for part, letters in LETTERS.items()}


TYPEFACES = (
    Typeface(
        "font-source-serif-pro",
        "0.0.1",
        "38dd9a8d8027d22aa8ef2d10d27d7c558701b32772ff9f3790f509577e91dca4",
        "font_source_serif_pro/files/SourceSerifPro-Light.ttf",
        "font_source_serif_pro/files/LICENSE.txt",
        "display",
    ),
    Typeface(
        "font-hanken-grotesk",
        "0.0.2",
        "7c3609e9bcdc2c9550b2a3baaed937eb7598fc1034e7df1ebcc4eb5489fa86f9",
        "font_hanken_grotesk/files/HankenGrotesk-Regular.otf",
        "font_hanken_grotesk/files/OFL.txt",
        "text",
    ),
)


FOLDER = "theme/static/fonts"
LICENCE = "OFL.txt"
MANIFEST = "theme/fonts.json"
"""What the files were made from, and the SHA-256 of each. It is outside `static`, so that no site publishes it."""


def fill(root: Path) -> None:
    """Write the fonts to FOLDER, unless they are there and intact. Raises WheelDownloadError."""
    if _is_up_to_date(root):
        return
    folder = root / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    made: dict[str, bytes] = {}
    licences = []
    for face in TYPEFACES:
        wheel = download_wheel(f"{face.package}=={face.version}", face.sha256)
        licences.append(wheel.read(face.licence).decode("utf-8").replace("\r\n", "\n").strip())
        for file, letters in face.files.items():
            made[file] = _subset(wheel.read(face.member), letters)
    made[LICENCE] = ("\n\n\n".join(licences) + "\n").encode()
    for file, data in made.items():
        (folder / file).write_bytes(data)
    manifest = {"from": _get_recipe(), "files": {file: hashlib.sha256(data).hexdigest() for file, data in made.items()}}
    (root / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def _get_recipe() -> dict[str, Any]:
    """Return everything in this module that determines the files."""
    return {"faces": [asdict(face) for face in TYPEFACES], "letters": LETTERS, "features": FEATURES}


def _is_up_to_date(root: Path) -> bool:
    """Return whether the fonts of this recipe are there and intact."""
    try:
        manifest = json.loads((root / MANIFEST).read_text(encoding="utf-8"))
        wanted = {LICENCE, *(file for face in TYPEFACES for file in face.files)}
        return (
            manifest["from"] == _get_recipe()
            and set(manifest["files"]) == wanted
            and all(
                hashlib.sha256((root / FOLDER / file).read_bytes()).hexdigest() == sha256
                for file, sha256 in manifest["files"].items()
            )
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _subset(font: bytes, letters: str) -> bytes:
    from fontTools import subset

    options = subset.Options(flavor="woff2", layout_features=FEATURES, hinting=False)
    options.name_IDs = [0, 1, 2, 14]  # copyright, family, style, license URL
    loaded = subset.load_font(io.BytesIO(font), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=subset.parse_unicodes(letters))
    subsetter.subset(loaded)
    out = io.BytesIO()
    subset.save_font(loaded, out, options)
    return out.getvalue()
