"""The theme's two typefaces: fetched from their OFL packages, cut down to the letters a page needs, as woff2.

`Source Serif Pro` Light is the display face and `Hanken Grotesk` Regular the text face. Both are under the SIL Open Font
Licence 1.1, whose text is put beside them.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

LETTERS = (
    "U+0020-007E,U+00A0-017F,U+0192,U+0218-021B,U+02C6,U+02DA,U+02DC,U+2010-2015,U+2018-201E,U+2020-2022,U+2026,"
    "U+2032,U+2033,U+2039,U+203A,U+2044,U+20AC,U+2122,U+2190-2193,U+2212,U+00D7"
)
"""Latin with its western, central and Turkish accents, punctuation and the viewer's arrows."""
FEATURES = ["kern", "liga", "calt", "ccmp", "locl", "mark", "mkmk", "lnum", "tnum"]


class FontTrouble(Exception):
    """A typeface could not be fetched or is not the one that was chosen."""


@dataclass(frozen=True)
class Face:
    """One typeface: its package, the member of the wheel that holds it, its licence, and the file made of it."""

    package: str
    version: str
    sha256: str
    member: str
    licence: str
    file: str


FACES = (
    Face(
        "font-source-serif-pro",
        "0.0.1",
        "38dd9a8d8027d22aa8ef2d10d27d7c558701b32772ff9f3790f509577e91dca4",
        "font_source_serif_pro/files/SourceSerifPro-Light.ttf",
        "font_source_serif_pro/files/LICENSE.txt",
        "display.woff2",
    ),
    Face(
        "font-hanken-grotesk",
        "0.0.2",
        "7c3609e9bcdc2c9550b2a3baaed937eb7598fc1034e7df1ebcc4eb5489fa86f9",
        "font_hanken_grotesk/files/HankenGrotesk-Regular.otf",
        "font_hanken_grotesk/files/OFL.txt",
        "text.woff2",
    ),
)


def fill(root: Path) -> None:
    """Put the fonts into `theme/static/fonts`, unless they are there. Raises FontTrouble."""
    folder = root / "theme" / "static" / "fonts"
    if all(_sound(folder / face.file) for face in FACES) and (folder / "OFL.txt").is_file():
        return
    folder.mkdir(parents=True, exist_ok=True)
    licences = []
    for face in FACES:
        wheel = zipfile.ZipFile(io.BytesIO(_fetch(face)))
        licences.append(wheel.read(face.licence).decode("utf-8").replace("\r\n", "\n").strip())
        (folder / face.file).write_bytes(_subset(wheel.read(face.member)))
    (folder / "OFL.txt").write_text("\n\n\n".join(licences) + "\n", encoding="utf-8")


def _sound(path: Path) -> bool:
    return path.is_file() and path.read_bytes()[:4] == b"wOF2"


def _fetch(face: Face) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        pinned = Path(folder) / "pinned.txt"
        pinned.write_text(f"{face.package}=={face.version} --hash=sha256:{face.sha256}\n", encoding="utf-8")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        command += ["--only-binary", ":all:", "--require-hashes", "--dest", folder, "-r", str(pinned)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise FontTrouble(
                f"The typeface {face.package} {face.version} could not be fetched from the package index: "
                f"{done.stderr.strip().splitlines()[-1] if done.stderr.strip() else 'pip gave no reason'}"
            )
        return next(Path(folder).glob("*.whl")).read_bytes()


def _subset(font: bytes) -> bytes:
    from fontTools import subset

    options = subset.Options(flavor="woff2", layout_features=FEATURES)
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    loaded = subset.load_font(io.BytesIO(font), options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=subset.parse_unicodes(LETTERS))
    cutter.subset(loaded)
    out = io.BytesIO()
    subset.save_font(loaded, out, options)
    return out.getvalue()
