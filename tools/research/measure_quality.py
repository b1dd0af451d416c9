"""Measure the size and the SSIMULACRA2 score of photos, encoded at several qualities.

CORPUS is a folder of photos with a `labels.csv` (columns file, source_repo, depiction). Of each source in turn, one photo is
taken until there are --count. Prints a table with a row for each format and quality; *half* is the score at half the size,
at which a screen with two pixels for each CSS pixel shows the file. Needs `pip install ssimulacra2`.
"""

from __future__ import annotations

import argparse
import csv
import io
import random
import time
from collections.abc import Iterator, Sequence
from itertools import chain, zip_longest
from pathlib import Path

import numpy as np
from PIL import Image

from bench.image_quality import score
from pelican_headshots.images.encode import encode
from pelican_headshots.values.rendition import Rights

QUALITIES = {"avif": (28, 34, 40, 47, 55, 61, 67, 73, 79), "jpeg": (58, 66, 73, 80, 90), "webp": (66, 74, 82, 92)}


def choose_photos(corpus: Path, count: int) -> list[Path]:
    """Return *count* photos of at least 1,000 pixels, from as many sources as possible, in a fixed random order."""
    rows = [row for row in csv.DictReader((corpus / "labels.csv").open()) if row["depiction"] != "y"]
    random.Random(5).shuffle(rows)
    by_source: dict[str, list[Path]] = {}
    for row in rows:
        path = corpus / row["file"]
        with Image.open(path) as image:
            if max(image.size) >= 1000:
                by_source.setdefault(row["source_repo"], []).append(path)
    in_turn = chain.from_iterable(zip_longest(*by_source.values()))
    return [path for path in in_turn if path][:count]


def measure(image: Image.Image) -> Iterator[tuple[str, int, tuple[float, float, float, float]]]:
    """Yield format, quality, and for it the bytes, the score, the score at half the size, and processor seconds."""
    for format, qualities in QUALITIES.items():
        for quality in qualities:
            started = time.process_time()
            data = encode(image, format, quality, Rights())
            seconds = time.process_time() - started
            with Image.open(io.BytesIO(data)) as encoded:
                made = encoded.convert("RGB")
            half_score = score(_halve(image), _halve(made))
            yield format, quality, (len(data), score(image, made), half_score, seconds)


def _halve(image: Image.Image) -> Image.Image:
    return image.resize((image.width // 2, image.height // 2), Image.Resampling.LANCZOS)


def main(arguments: Sequence[str]) -> int:
    """Measure the corpus that the command line names, and print the table."""
    parser = argparse.ArgumentParser(prog="measure_quality", description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--count", type=int, default=24, help="how many photos (24)")
    parser.add_argument("--side", type=int, default=1440, help="the longer side in pixels (1440)")
    args = parser.parse_args(arguments)
    rows: dict[tuple[str, int], list[tuple[float, float, float, float]]] = {}
    for path in choose_photos(args.corpus, args.count):
        image = Image.open(path).convert("RGB")
        image.thumbnail((args.side, args.side), Image.Resampling.LANCZOS)
        for format, quality, measured in measure(image):
            rows.setdefault((format, quality), []).append(measured)
    print("format quality   mean kB  score  worst   half  worst  cpu s")
    for (format, quality), values in rows.items():
        size, score, half, seconds = np.array(values).T
        print(
            f"{format:6} {quality:7} {size.mean() / 1000:9.1f} {score.mean():6.1f} {score.min():6.1f} "
            f"{half.mean():6.1f} {half.min():6.1f} {seconds.sum():6.1f}"
        )
    return 0
