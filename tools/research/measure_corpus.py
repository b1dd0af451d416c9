"""Measure every labelled picture of a corpus once, in several processes.

Writes file name → measurements and inner maps. `fit_judge` and `evaluate` read it, so that neither looks twice. With
`--copies "quality 60"` and so on also of copies of every picture, of which `evaluate` then says how many keep their kind.
"""

from __future__ import annotations

import argparse
import io
import json
from collections.abc import Collection, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pelican_headshots.analysis.features.embeddings import EMBEDDING_NAMES, PROBE_INPUTS, TILES_PROBE
from pelican_headshots.analysis.observation import RgbArray

if TYPE_CHECKING:
    from pelican_headshots.analysis.detector import Detector


VARIANTS = ("", "mirrored", "worn")
"""As what a picture is fitted on. Of it and its mirror image the same one is always looked at; *mirrored* is the other
one. *worn* is a copy as the web passes pictures on: smaller, coded badly, and without its colours."""
DEGRADED_SIDE_PX, DEGRADED_QUALITY = 800, 60
COPIES = ("mirrored and coded", "turned by EXIF", "640 px", "quality 60", "black and white")
"""As what a picture should still be the same kind. Nothing is fitted on these."""
COPY_SIDE, COPY_QUALITY, LOW_QUALITY = 640, 92, 60


def measure_pictures(
    corpus: Path, workers: int, fitted: Collection[str] = (), copies: Collection[str] = ()
) -> dict[str, Any]:
    """File name → `features` (senses left out: they are fitted) and the inner maps they read.

    Of the names in *fitted* also `file name|mirrored` and so on, which only fitting needs; of every picture those of
    `COPIES` that *copies* names. Raises ModelError.
    """
    from pelican_headshots.analysis.model_files import find_models

    find_models()
    names = sorted(file.name for file in corpus.iterdir() if file.suffix.lower() in {".jpg", ".jpeg", ".png"})
    wanted = names + [f"{name}|{how}" for how in VARIANTS if how for name in names if name in fitted]
    wanted += [f"{name}|{how}" for how in copies for name in names]
    parts = [wanted[i::workers] for i in range(workers)]
    with ProcessPoolExecutor(workers) as pool:
        done = list(pool.map(_measure_part, [corpus] * workers, parts))
    return {name: found for part in done for name, found in part.items()}


def _measure_part(corpus: Path, names: list[str]) -> dict[str, Any]:
    from pelican_headshots.analysis.detector import Detector
    from pelican_headshots.analysis.model_files import find_models
    from pelican_headshots.images.decode import decode_for_analysis
    from pelican_headshots.pipeline.tasks import ANALYSIS_LONG_SIDE_PX

    found: dict[str, Any] = {}
    with Detector(find_models()) as looker:
        for name in names:
            file, _, how = name.partition("|")
            data = (corpus / file).read_bytes()
            if how in COPIES:
                data = make_copy(data, how)
            pixels = decode_for_analysis(
                _degrade(data) if how == "worn" else data, ANALYSIS_LONG_SIDE_PX, 1 << 30
            ).pixels
            found[name] = _measure_one(looker, _mirror_if_needed(pixels, how))
    return found


def _degrade(data: bytes) -> bytes:
    from PIL import Image

    image = Image.open(io.BytesIO(data)).convert("L")
    image.thumbnail((DEGRADED_SIDE_PX, DEGRADED_SIDE_PX))
    image.save(coded := io.BytesIO(), "JPEG", quality=DEGRADED_QUALITY)
    return coded.getvalue()


def make_copy(data: bytes, how: str) -> bytes:
    """A JPEG of the picture in *data*, altered as one of `COPIES` says."""
    from PIL import Image, ImageOps

    image = Image.open(io.BytesIO(data)).convert("RGB")
    quality, exif = COPY_QUALITY, Image.Exif()
    match how:
        case "mirrored and coded":
            image = ImageOps.mirror(image)
        case "turned by EXIF":
            image, exif[0x0112] = image.transpose(Image.Transpose.ROTATE_90), 6
        case "640 px":
            image.thumbnail((COPY_SIDE, COPY_SIDE))
        case "quality 60":
            quality = LOW_QUALITY
        case _:
            image = image.convert("L")
    image.save(coded := io.BytesIO(), "JPEG", quality=quality, exif=exif.tobytes())
    return coded.getvalue()


def _mirror_if_needed(pixels: RgbArray, how: str) -> RgbArray:
    """*pixels* as the looker turns it, or the other way round."""
    from pelican_headshots.analysis.regions import is_brighter_on_right

    return np.ascontiguousarray(pixels[:, ::-1]) if is_brighter_on_right(pixels) != (how == "mirrored") else pixels


def _measure_one(looker: Detector, pixels: RgbArray) -> dict[str, Any]:
    from pelican_headshots.analysis.features.analyze import analyze_observations

    sights = looker.observe(pixels)
    analysis = analyze_observations(sights, pixels)
    return {
        "people": analysis.people_count,
        "faces": len(analysis.faces),
        "features": {key: value for key, value in analysis.features.items() if key not in {*PROBE_INPUTS, TILES_PROBE}},
        **{name: np.round(getattr(sights[0], name).astype(float), 4).tolist() for name in EMBEDDING_NAMES},
    }


def main(arguments: Sequence[str]) -> int:
    from .corpus import list_trainable_files

    parser = argparse.ArgumentParser(prog="measure_corpus", description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--copies", nargs="*", choices=COPIES, default=())
    given = parser.parse_args(arguments)
    found = measure_pictures(given.corpus, given.workers, list_trainable_files(given.corpus), given.copies)
    given.out.write_text(json.dumps(found, sort_keys=True), encoding="utf-8")
    return 0
