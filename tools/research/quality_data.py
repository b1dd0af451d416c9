"""How pictures take to compression: SSIMULACRA2 of encoded photographs, and what a small trial encode told before.

CORPUS is a folder of photographs with `labels.csv` (columns file, source_repo, train, depiction); MODELS holds
`face_full_range.tflite`. Forty pictures from every second source are marked `test`, 56 from the other sources `fit`,
so that nothing is fitted on a source it is tested on. Each line of OUT has, for AVIF and JPEG at several qualities,
bytes and SSIMULACRA2 of the whole (long side 720 pixels) and of its largest face, and the features of the trial; of
the pictures marked `test` also what Pillow makes of them by itself (`plain`). Pictures that OUT has are not done again.
Needs `pip install ssimulacra2` beside the package; nothing of this is used while a site is built.
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
    """One picture that others are scored against: the package's measure, its blurs by OpenCV, its side kept.

    Within 0.4 of the package's own score at 50 to 90.
    """

    def __init__(self, pixels: np.ndarray) -> None:
        self.scales = list(_iterate_scales(pixels))

    def score(self, pixels: np.ndarray, box: tuple[int, int, int, int] | None) -> tuple[float, float | None]:
        """SSIMULACRA2 of *pixels*, and of the part *box* (pixels): its means taken there, on every scale."""
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
    # The package pads above and below with nothing.
    padded = cv2.copyMakeBorder(wide, 5, 5, 0, 0, cv2.BORDER_CONSTANT, value=(0, 0, 0))
    return cv2.sepFilter2D(padded, -1, _TAPS, _TAPS)[5:-5, 5:-5]


def _iterate_scales(pixels: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    light = _SRGB_TO_LINEAR[pixels]
    for number in range(package.kNumScales):
        colours = package.make_positive_xyb(package.linear_rgb_to_xyb(light).transpose(1, 0, 2)).astype(np.float32)
        yield colours, _blur(colours), _blur(colours * colours)
        if number < package.kNumScales - 1:
            light = package.downsample(light, 2, 2).astype(np.float32)


def choose_pictures(corpus: Path) -> Iterator[tuple[str, str]]:
    """(set, file) of the pictures to measure: sources in turn, a fixed shuffle within each."""
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
            for shelf in remaining.values():
                if shelf and taken < most:
                    yield label, shelf.pop()["file"]
                    taken += 1


def measure(corpus: Path, models: Path, out: Path) -> None:
    options = BaseOptions(model_asset_path=str(models / "face_full_range.tflite"))
    finder = vision.FaceDetector.create_from_options(
        vision.FaceDetectorOptions(base_options=options, min_detection_confidence=0.6)
    )
    done = {json.loads(line)["file"] for line in out.read_text().splitlines()} if out.exists() else set()
    with out.open("a") as lines, finder:
        for label, name in choose_pictures(corpus):
            if name in done:
                continue
            image = Image.open(corpus / name).convert("RGB")
            image.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
            lines.write(
                json.dumps({"file": name, "set": label, **measure_picture(image, finder, label == "test")}) + "\n"
            )
            lines.flush()
            print(name, file=sys.stderr)


def measure_picture(image: Image.Image, finder: vision.FaceDetector, with_plain: bool) -> dict[str, object]:
    pixels = np.ascontiguousarray(np.asarray(image))
    box = _largest_face(finder.detect(mp.Image(image_format=mp.ImageFormat.SRGB, data=pixels)), image.size)
    face = Box(*(edge / image.size[i % 2] for i, edge in enumerate(box))) if box else None
    small = image.copy()
    small.thumbnail((trial.TRIAL_LONG_SIDE_PX, trial.TRIAL_LONG_SIDE_PX), Image.Resampling.LANCZOS)
    reference = Reference(pixels)
    line: dict[str, object] = {"size": image.size, "box": box}

    def rows(
        qualities: tuple[int, ...], encode: Callable[[str, int], bytes], format: str
    ) -> dict[str, list[float | None]]:
        made = {str(quality): encode(format, quality) for quality in qualities}
        return {
            quality: [len(data), *reference.score(np.asarray(Image.open(io.BytesIO(data)).convert("RGB")), box)]
            for quality, data in made.items()
        }

    for format in QUALITIES:
        line[format] = rows(QUALITIES[format], lambda name, quality: encode(image, name, quality, Rights()), format)
        line[f"trial {format}"] = trial.run_trial(small, format, TRIAL_QUALITY[format], face)
        if with_plain:
            line[f"plain {format}"] = rows(
                PLAIN_QUALITIES[format], lambda name, quality: encode_plain(image, name, quality), format
            )
    return line


def encode_plain(image: Image.Image, format: str, quality: int) -> bytes:
    """As another tool does it that leaves everything but quality, and for AVIF our speed, to Pillow."""
    out = io.BytesIO()
    more = {"speed": 8, "max_threads": 1} if format == "avif" else {"progressive": True, "optimize": True}
    image.save(out, format.upper(), quality=quality, **more)
    return out.getvalue()


def _largest_face(found: vision.FaceDetectorResult, size: tuple[int, int]) -> tuple[int, int, int, int] | None:
    """The box of the largest face with some skin and hair around it, None below 40 pixels."""
    boxes = sorted((d.bounding_box for d in found.detections), key=lambda b: b.width * b.height)
    if not boxes:
        return None
    b = boxes[-1]
    more = 0.15 * b.width
    left, right = max(0, int(b.origin_x - more)), min(size[0], int(b.origin_x + b.width + more))
    top, bottom = max(0, int(b.origin_y - 2 * more)), min(size[1], int(b.origin_y + b.height + more))
    return (left, top, right, bottom) if right - left >= 40 else None


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="quality_data", description=__doc__)
    for name in ("corpus", "models", "out"):
        parser.add_argument(name, type=Path)
    given = parser.parse_args(arguments)
    measure(given.corpus, given.models, given.out)
    return 0
