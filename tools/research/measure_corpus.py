"""Analyze every labeled picture of a corpus once, in several processes.

Writes file name → features and embeddings, which `fit_classifier` and `evaluate` read. With `--copies "quality 60"` and so
on, altered copies of every picture are analyzed too, and `evaluate` says how many keep their kind.
"""

from __future__ import annotations

import argparse
import io
import json
from collections.abc import Collection, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from pelican_headshots.analysis.features.embeddings import EMBEDDING_NAMES, PROBE_INPUTS, TILES_PROBE
from pelican_headshots.analysis.observation import RgbArray

if TYPE_CHECKING:
    from pelican_headshots.analysis.detector import Detector
    from pelican_headshots.analysis.observation import Observation
    from pelican_headshots.values.analysis import Analysis


VARIANTS = ("", "mirrored", "degraded")
"""The variants of a picture used for fitting. Of a picture and its mirror image, the same one is always analyzed; *mirrored*
is the other one. *degraded* is a small, strongly compressed, black-and-white copy, as found on the web."""
DEGRADED_SIDE_PX, DEGRADED_QUALITY = 800, 60
COPIES = ("mirrored and saved", "rotated by EXIF", "640 px", "quality 60", "black and white")
"""Copies that should keep the kind of their picture. They are not used for fitting."""
COPY_SIDE, COPY_QUALITY, LOW_QUALITY = 640, 92, 60


def measure_pictures(
    corpus: Path, workers: int, fitted: Collection[str] = (), copies: Collection[str] = ()
) -> dict[str, Any]:
    """Return file name → `features` (without those of probes, which are fitted), the embeddings, and what else was seen.

    Args:
        corpus: A folder of pictures.
        workers: Number of processes.
        fitted: Names for which the variants are analyzed too, as `file name|mirrored` and so on. Only fitting needs them.
        copies: Which of `COPIES` are analyzed for every picture.

    Raises:
        ModelError: The models are missing or damaged.
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
    with Detector(find_models()) as detector:
        for name in names:
            file, _, how = name.partition("|")
            data = (corpus / file).read_bytes()
            if how in COPIES:
                data = make_copy(data, how)
            pixels = decode_for_analysis(
                _degrade(data) if how == "degraded" else data, ANALYSIS_LONG_SIDE_PX, 1 << 30
            ).pixels
            found[name] = _measure_one(detector, mirror_if_needed(pixels, how))
    return found


def _degrade(data: bytes) -> bytes:
    from PIL import Image

    image = Image.open(io.BytesIO(data)).convert("L")
    image.thumbnail((DEGRADED_SIDE_PX, DEGRADED_SIDE_PX))
    image.save(buffer := io.BytesIO(), "JPEG", quality=DEGRADED_QUALITY)
    return buffer.getvalue()


def make_copy(data: bytes, how: str) -> bytes:
    """Return the picture in *data* as a JPEG, altered as *how*, one of `COPIES`, says."""
    from PIL import Image, ImageOps

    image = Image.open(io.BytesIO(data)).convert("RGB")
    quality, exif = COPY_QUALITY, Image.Exif()
    match how:
        case "mirrored and saved":
            image = ImageOps.mirror(image)
        case "rotated by EXIF":
            image, exif[0x0112] = image.transpose(Image.Transpose.ROTATE_90), 6
        case "640 px":
            image.thumbnail((COPY_SIDE, COPY_SIDE))
        case "quality 60":
            quality = LOW_QUALITY
        case _:
            image = image.convert("L")
    image.save(buffer := io.BytesIO(), "JPEG", quality=quality, exif=exif.tobytes())
    return buffer.getvalue()


def mirror_if_needed(pixels: RgbArray, how: str = "") -> RgbArray:
    """Mirror *pixels* to the side that the detector analyzes, or, for `mirrored`, to the other side."""
    from pelican_headshots.analysis.regions import is_brighter_on_right

    return np.ascontiguousarray(pixels[:, ::-1]) if is_brighter_on_right(pixels) != (how == "mirrored") else pixels


def _measure_one(detector: Detector, pixels: RgbArray) -> dict[str, Any]:
    from pelican_headshots.analysis.features.analyze import analyze_observation

    observation = detector.observe(pixels)
    return to_measured(observation, analyze_observation(observation, pixels))


def to_measured(observation: Observation, analysis: Analysis) -> dict[str, Any]:
    """Return what is written for one picture."""
    return {
        "people": analysis.people_count,
        "faces": len(analysis.faces),
        "features": {key: value for key, value in analysis.features.items() if key not in {*PROBE_INPUTS, TILES_PROBE}},
        "seen": msgspec.to_builtins(msgspec.structs.replace(analysis, features={})),
        **{name: np.round(getattr(observation, name).astype(float), 4).tolist() for name in EMBEDDING_NAMES},
    }


def main(arguments: Sequence[str]) -> int:
    """Analyze the corpus and write the features."""
    from .corpus import list_trainable_files

    parser = argparse.ArgumentParser(prog="measure_corpus", description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--copies", nargs="*", choices=COPIES, default=())
    args = parser.parse_args(arguments)
    found = measure_pictures(args.corpus, args.workers, list_trainable_files(args.corpus), args.copies)
    args.out.write_text(json.dumps(found, sort_keys=True), encoding="utf-8")
    return 0
