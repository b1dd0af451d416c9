"""Measure SSIMULACRA2 of photos encoded at several qualities, and the features of a small trial encode.

CORPUS is a folder of photos with a `labels.csv` (columns file, source_repo, train, depiction); MODELS has
`face_full_range.tflite`. Forty pictures from every second source are marked `test`, and 56 from the other sources `fit`,
so that no source is used for both. For AVIF and JPEG at several qualities, each line of OUT has the bytes, SSIMULACRA2 of
the whole picture (long side 720 pixels) and of its largest face, and the features of the trial. Pictures marked `test` also
have the results of Pillow's own settings (`plain`). Pictures that are already in OUT are skipped. Needs
`pip install ssimulacra2`.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import cv2
import mediapipe as mp
import numpy as np
from mediapipe.tasks.python import BaseOptions, vision
from PIL import Image
from ssimulacra2 import ssimulacra2 as package

from pelican_headshots.images import quality as trial
from pelican_headshots.images.encode import encode
from pelican_headshots.images.quality_presets import TRIAL_QUALITY
from pelican_headshots.values.geometry import Box
from pelican_headshots.values.rendition import Rights

QUALITIES = {"avif": (36, 43, 50, 57), "jpeg": (58, 66, 73, 80)}
PLAIN_QUALITIES = {"avif": (43, 50, 57, 64), "jpeg": (66, 73, 80, 87)}
LONG_SIDE = 720
_TAPS = np.exp(-0.5 * (np.arange(-5, 6) / 1.5) ** 2)
_TAPS = (_TAPS / _TAPS.sum()).astype(np.float32)
_SRGB_TO_LINEAR = package.srgb_to_linear(np.arange(256).reshape(1, 256, 1))[0, :, 0].astype(np.float32)


class Reference:
    """A picture to which encoded ones are compared. Faster than the ssimulacra2 package: it is computed once, with OpenCV.

    At scores of 50 to 90, the result is within 0.4 of the package's own.
    """

    def __init__(self, pixels: np.ndarray) -> None:
        self.scales = list(_iterate_scales(pixels))

    def score(self, pixels: np.ndarray, box: tuple[int, int, int, int] | None) -> tuple[float, float | None]:
        """Return SSIMULACRA2 of *pixels* and of the part in *box* (left, top, right, bottom in pixels)."""
        whole, part, step = package.Msssim(), package.Msssim(), 1
        for (x, mean_x, square_x), (y, mean_y, square_y) in zip(self.scales, _iterate_scales(pixels), strict=True):
            planes = (x, mean_x, square_x, y, mean_y, square_y, _blur(x * y))
            whole.scales.append(_compare_planes(planes))
            if box:
                left, top, right, bottom = box[0] // step, box[1] // step, -(-box[2] // step), -(-box[3] // step)
                part.scales.append(_compare_planes(tuple(plane[top:bottom, left:right] for plane in planes)))
            step *= 2
        return float(whole.score()), float(part.score()) if box else None


def _compare_planes(planes: tuple[np.ndarray, ...]) -> package.MsssimScale:
    x, mean_x, square_x, y, mean_y, square_y, product = planes
    scale = package.MsssimScale()
    scale.avg_ssim = package.ssim_map(mean_x, mean_y, square_x, square_y, product)
    scale.avg_edgediff = package.edge_diff_map(x, mean_x, y, mean_y)
    return scale


def _blur(plane: np.ndarray) -> np.ndarray:
    wide = cv2.copyMakeBorder(plane, 0, 0, 5, 5, cv2.BORDER_REFLECT)
    # The ssimulacra2 package pads with zeros above and below.
    padded = cv2.copyMakeBorder(wide, 5, 5, 0, 0, cv2.BORDER_CONSTANT, value=(0, 0, 0))
    return cv2.sepFilter2D(padded, -1, _TAPS, _TAPS)[5:-5, 5:-5]


def _iterate_scales(pixels: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    linear = _SRGB_TO_LINEAR[pixels]
    for number in range(package.kNumScales):
        xyb = package.make_positive_xyb(package.linear_rgb_to_xyb(linear).transpose(1, 0, 2)).astype(np.float32)
        yield xyb, _blur(xyb), _blur(xyb * xyb)
        if number < package.kNumScales - 1:
            linear = package.downsample(linear, 2, 2).astype(np.float32)


def choose_pictures(corpus: Path) -> Iterator[tuple[str, str]]:
    """Yield (set, file) of the pictures to measure, from each source in turn, in a fixed random order."""
    rows = [row for row in csv.DictReader((corpus / "labels.csv").open()) if row["depiction"] != "y"]
    random.seed(5)
    random.shuffle(rows)
    by_source: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        if max(Image.open(corpus / row["file"]).size) >= 1000:
            by_source.setdefault(row["source_repo"], []).append(row)
    sources = sorted(by_source)
    fitting = {name: [row for row in by_source[name] if row["train"] == "y"] for name in sources[1::2]}
    for label, remaining, most in (("test", {n: by_source[n] for n in sources[::2]}, 40), ("fit", fitting, 56)):
        taken = 0
        while taken < most and any(remaining.values()):
            for rows_of_source in remaining.values():
                if rows_of_source and taken < most:
                    yield label, rows_of_source.pop()["file"]
                    taken += 1


def measure(corpus: Path, models: Path, out: Path) -> None:
    """Append a line of JSON for each picture that *out* does not have yet.

    Args:
        corpus: A folder of photos with a `labels.csv`.
        models: A folder with `face_full_range.tflite`.
        out: The file to continue.
    """
    options = BaseOptions(model_asset_path=str(models / "face_full_range.tflite"))
    detector = vision.FaceDetector.create_from_options(
        vision.FaceDetectorOptions(base_options=options, min_detection_confidence=0.6)
    )
    done = {json.loads(line)["file"] for line in out.read_text().splitlines()} if out.exists() else set()
    with out.open("a") as lines, detector:
        for label, name in choose_pictures(corpus):
            if name in done:
                continue
            image = Image.open(corpus / name).convert("RGB")
            image.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
            lines.write(
                json.dumps({"file": name, "set": label, **measure_picture(image, detector, label == "test")}) + "\n"
            )
            lines.flush()
            print(name, file=sys.stderr)


def measure_picture(image: Image.Image, detector: vision.FaceDetector, with_plain: bool) -> dict[str, object]:
    """Return the sizes and scores of *image* at every quality, and the features of its trial encode."""
    pixels = np.ascontiguousarray(np.asarray(image))
    box = _find_largest_face(detector.detect(mp.Image(image_format=mp.ImageFormat.SRGB, data=pixels)), image.size)
    face = Box(*(edge / image.size[i % 2] for i, edge in enumerate(box))) if box else None
    small = image.copy()
    small.thumbnail((trial.TRIAL_LONG_SIDE_PX, trial.TRIAL_LONG_SIDE_PX), Image.Resampling.LANCZOS)
    reference = Reference(pixels)
    line: dict[str, object] = {"size": image.size, "box": box}

    def measure_qualities(
        qualities: tuple[int, ...], encode: Callable[[str, int], bytes], format: str
    ) -> dict[str, list[float | None]]:
        made = {str(quality): encode(format, quality) for quality in qualities}
        return {
            quality: [len(data), *reference.score(np.asarray(Image.open(io.BytesIO(data)).convert("RGB")), box)]
            for quality, data in made.items()
        }

    for format, qualities in QUALITIES.items():
        line[format] = measure_qualities(
            qualities, lambda name, quality: encode(image, name, quality, Rights()), format
        )
        line[f"trial {format}"] = trial.run_trial(small, format, TRIAL_QUALITY[format], face)
        if with_plain:
            line[f"plain {format}"] = measure_qualities(
                PLAIN_QUALITIES[format], lambda name, quality: encode_plain(image, name, quality), format
            )
    return line


def encode_plain(image: Image.Image, format: str, quality: int) -> bytes:
    """Encode with Pillow's own settings, except for the quality and, for AVIF, our speed."""
    out = io.BytesIO()
    more = {"speed": 8, "max_threads": 1} if format == "avif" else {"progressive": True, "optimize": True}
    image.save(out, format.upper(), quality=quality, **more)
    return out.getvalue()


def _find_largest_face(found: vision.FaceDetectorResult, size: tuple[int, int]) -> tuple[int, int, int, int] | None:
    """Return the box of the largest face with a margin, in pixels; None if it is less than 40 pixels wide."""
    boxes = sorted((d.bounding_box for d in found.detections), key=lambda b: b.width * b.height)
    if not boxes:
        return None
    b = boxes[-1]
    more = 0.15 * b.width
    left, right = max(0, int(b.origin_x - more)), min(size[0], int(b.origin_x + b.width + more))
    top, bottom = max(0, int(b.origin_y - 2 * more)), min(size[1], int(b.origin_y + b.height + more))
    return (left, top, right, bottom) if right - left >= 40 else None


def main(arguments: Sequence[str]) -> int:
    """Measure the corpus that the command line names."""
    parser = argparse.ArgumentParser(prog="quality_data", description=__doc__)
    for name in ("corpus", "models", "out"):
        parser.add_argument(name, type=Path)
    args = parser.parse_args(arguments)
    measure(args.corpus, args.models, args.out)
    return 0
