"""Measure how well `advise` finds defects: add each defect to good headshots, and check them with and without it.

Good pictures were chosen by eye from the half of the corpus' headshots on which no threshold was set (every second one in
the order of its labels). For two checks there are more that lack the defect: PLAIN_BACKDROP are those in that half with a
plain or soft backdrop; LARGE_ENOUGH are those for which a team page with all of them aligned offers a picture of 547 pixels
or more.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageFilter

from pelican_headshots.advice.checks import HeadshotSample, measure_set_focus, run_checks
from pelican_headshots.analysis import model_files
from pelican_headshots.analysis.detector import Detector
from pelican_headshots.values.analysis import Analysis
from pelican_headshots.values.geometry import Size

GOOD = (
    "c0024", "c0040", "c0063", "c0121", "c0154", "c0180", "c0222", "c0250", "c0258", "c0289", "c0324", "c0337", "c0353",
    "d0185", "d0250", "d0263", "d0279",
)  # fmt: skip
PLAIN_BACKDROP = (
    "c0008", "c0027", "c0035", "c0040", "c0059", "c0063", "c0091", "c0105", "c0121", "c0154", "c0180", "c0197", "c0220",
    "c0222", "c0250", "c0254", "c0278", "c0286", "c0310", "c0317", "c0321", "c0324", "c0326", "c0331", "c0353", "c0355",
    "d0027", "d0118", "d0133", "d0185", "d0220", "d0223", "d0236", "d0263", "d0268", "d0279", "d0317", "d0322", "d0330",
    "d0343", "d0348", "d0359", "d0406", "d0415", "d0423", "d0429", "d0435", "d0441", "d0448", "d0457", "d0460", "d0473",
    "d0488", "d0502",
)  # fmt: skip
LARGE_ENOUGH = (
    "c0006", "c0024", "c0126", "c0239", "c0283", "c0289", "c0315", "c0317", "c0321", "c0328", "c0337", "c0339", "c0344",
    "d0027", "d0034", "d0081", "d0108", "d0118", "d0133", "d0157", "d0279", "d0322", "d0343", "d0400", "d0483", "d0498",
)  # fmt: skip
SCENES = ("c0003", "c0054", "c0104", "c0139", "c0181", "c0241")
SIDE = 1024


def srgb_to_linear(pixels: Any) -> Any:
    """Return sRGB values 0..255 as linear light 0..1."""
    x = np.asarray(pixels) / 255.0
    return np.where(x <= 0.04045, x / 12.92, ((x + 0.055) / 1.055) ** 2.4)


def linear_to_image(linear: Any) -> Image.Image:
    """Return linear light 0..1 as an sRGB picture."""
    x = np.clip(linear, 0, 1)
    return Image.fromarray(
        (np.where(x <= 0.0031308, x * 12.92, 1.055 * x ** (1 / 2.4) - 0.055) * 255).round().astype(np.uint8)
    )


class DefectMaker:
    """Adds one defect to a picture, by the name of the check. *mask* shows the person, *scene* has nobody in it."""

    def __init__(
        self,
        image: Image.Image,
        analysis: Analysis,
        *,
        mask: Any,
        other: Image.Image,
        scene: Image.Image,
        rng: random.Random,
    ) -> None:
        self.image, self.face, self.mask, self.other, self.scene = image, analysis.faces[0], mask, other, scene
        self.rng = rng
        box, (width, height) = self.face.box, image.size
        self.left, self.top, self.right, self.bottom = (
            box.left * width,
            box.top * height,
            box.right * width,
            box.bottom * height,
        )
        self.face_height, self.face_width = self.bottom - self.top, self.right - self.left

    def eyes(self) -> Image.Image:
        """Paint eyelids in the color of the face's skin, with a line of lashes, over both eyes."""
        width, height = self.image.size
        right, left = (np.array([eye.x * width, eye.y * height]) for eye in (self.face.right_eye, self.face.left_eye))
        wide, level = float(np.linalg.norm(left - right)) * 0.46, np.degrees(np.arctan2(*(left - right)[::-1]))
        pixels = np.asarray(self.image).copy()
        for eye in (right, left):
            x, y = (int(value) for value in eye)
            below, reach = int(y + wide), max(2, int(wide * 0.1))
            skin = pixels[below - reach : below + reach, x - reach : x + reach].reshape(-1, 3).mean(axis=0)
            lid, lashes = np.zeros(pixels.shape[:2], np.uint8), np.zeros(pixels.shape[:2], np.uint8)
            cv2.ellipse(lid, (x, y), (int(wide * 0.62), int(wide * 0.36)), level, 0, 360, 255, -1)
            cv2.ellipse(
                lashes, (x, y), (int(wide * 0.5), int(wide * 0.12)), level, 15, 165, 255, max(1, int(wide * 0.07))
            )
            for shape, color in ((lid, skin), (lashes, skin * 0.35)):
                share = cv2.GaussianBlur(shape, (0, 0), max(wide * 0.03, 0.5))[..., None] / 255.0
                pixels = (pixels * (1 - share) + color * share).astype(np.uint8)
        return Image.fromarray(pixels)

    def focus(self) -> Image.Image:
        """Blur the picture."""
        return self.image.filter(ImageFilter.GaussianBlur(self.face_height * 0.022))

    def burnt(self) -> Image.Image:
        """Overexpose the picture by 1.8 stops."""
        return linear_to_image(srgb_to_linear(self.image) * 2**1.8)

    def blocked(self) -> Image.Image:
        """Underexpose the picture by 3.2 stops, so that shadows become black."""
        return linear_to_image(np.maximum(srgb_to_linear(self.image) * 2**-3.2 - 0.002, 0))

    def cast(self) -> Image.Image:
        """Add a color cast."""
        return linear_to_image(
            srgb_to_linear(self.image)
            * np.array(self.rng.choice([(1.5, 1, 0.5), (0.6, 1, 1.6), (0.75, 1.25, 0.75), (1.25, 0.8, 1.2)]))
        )

    def backdrop(self) -> Image.Image:
        """Put the person in front of the scene."""
        width, height = self.image.size
        mask = cv2.GaussianBlur(cv2.resize(self.mask, (width, height)), (0, 0), 2)[..., None]
        scale = max(width / self.scene.width, height / self.scene.height)
        scene = self.scene.resize((int(self.scene.width * scale) + 1, int(self.scene.height * scale) + 1)).crop(
            (0, 0, width, height)
        )
        return Image.fromarray((np.asarray(self.image) * mask + np.asarray(scene) * (1 - mask)).astype(np.uint8))

    def pixels(self) -> Image.Image:
        """Reduce the picture to 28 percent of its size."""
        return self.image.resize(
            (int(self.image.width * 0.28), int(self.image.height * 0.28)), Image.Resampling.LANCZOS
        )

    def tilt(self) -> Image.Image:
        """Rotate the picture by 11 to 16 degrees, further from level."""
        angle = -(1 if self.face.roll > 0 else -1) * self.rng.uniform(11, 16)
        width, height = self.image.size
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1)
        return Image.fromarray(
            cv2.warpAffine(np.asarray(self.image), turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
        )

    def shadow(self) -> Image.Image:
        """Lay a hard shadow of 2.2 stops over one side of the face."""
        width, height = self.image.size
        down, across = np.mgrid[0:height, 0:width]
        middle = (self.left + self.right) / 2 + self.rng.uniform(-0.15, 0.15) * self.face_width
        away = across - middle - self.rng.uniform(-0.5, 0.5) * (down - (self.top + self.bottom) / 2)
        dark = 1 / (1 + np.exp(np.clip(self.rng.choice([-1, 1]) * away / (self.face_width * 0.012), -60, 60)))
        return linear_to_image(srgb_to_linear(self.image) * (1 - dark * (1 - 2**-2.2))[..., None])

    def company(self) -> Image.Image:
        """Put the other person beside this one."""
        high = self.image.height
        other = self.other.resize((int(self.other.width * high * 0.8 / self.other.height), int(high * 0.8)))
        wide = Image.new(
            "RGB", (self.image.width + int(other.width * 0.85), high), self.image.getpixel((self.image.width - 5, 5))
        )
        wide.paste(self.image, (0, 0))
        wide.paste(other, (self.image.width, high - other.height))
        return wide

    def hand(self) -> Image.Image:
        """Paint the shape of a hand over mouth and cheek in the color of the face. The corpus has no hand to paste."""
        pixels, high = np.asarray(self.image).copy(), self.face_height
        x, y = (self.left + self.right) / 2, self.top + high * 0.72
        nose = pixels[
            int(self.top + high * 0.5) : int(self.top + high * 0.6),
            int(self.left + self.face_width * 0.3) : int(self.left + self.face_width * 0.7),
        ]
        skin, shape = np.median(nose.reshape(-1, 3), axis=0), np.zeros(pixels.shape[:2], np.uint8)
        for finger in range(4):
            at = x - high * 0.26 + finger * high * 0.15
            tip = (int(at + high * 0.02 * finger), int(y - high * (0.22 + 0.04 * (finger in (1, 2)))))
            cv2.line(shape, (int(at), int(y + high * 0.45)), tip, 255, int(high * 0.13))
        cv2.ellipse(
            shape, (int(x - high * 0.03), int(y + high * 0.5)), (int(high * 0.34), int(high * 0.3)), 0, 0, 360, 255, -1
        )
        cv2.line(
            shape,
            (int(x + high * 0.25), int(y + high * 0.45)),
            (int(x + high * 0.42), int(y + high * 0.05)),
            255,
            int(high * 0.13),
        )
        edge = np.asarray(cv2.GaussianBlur(shape, (0, 0), high * 0.02), np.float64) / 255.0
        shade = 0.78 + 0.22 * cv2.erode(edge, np.ones((int(high * 0.05) | 1,) * 2))
        return Image.fromarray(
            np.where((edge > 0.5)[..., None], np.clip(skin * shade[..., None], 0, 255), pixels).astype(np.uint8)
        )


DEFECTS: tuple[str, ...] = (
    "eyes", "focus", "burnt", "blocked", "cast", "backdrop", "pixels", "tilt", "shadow", "company", "hand",
)  # fmt: skip


def _downscale(image: Image.Image) -> Any:
    """Reduce a picture as a build does before the analysis."""
    scale = min(1.0, SIDE / max(image.size))
    size = (round(image.width * scale), round(image.height * scale))
    return np.asarray(image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0))


GOOD_BY_DEFECT = {"backdrop": PLAIN_BACKDROP, "pixels": LARGE_ENOUGH}
"""Good pictures for one check; for the others, see GOOD."""


def measure(corpus: Path, report: Callable[[str], None] = print) -> dict[str, dict[str, Any]]:
    """Return for each defect how many pictures were damaged, in how many it was found, and the false alarms."""
    rng = random.Random(4)
    undamaged: dict[str, HeadshotSample] = {}
    damaged: dict[str, list[HeadshotSample]] = {defect: [] for defect in DEFECTS}
    others = [Image.open(corpus / f"{name}.jpg").convert("RGB") for name in GOOD]
    scenes = [Image.open(corpus / f"{name}.jpg").convert("RGB") for name in SCENES]
    with Detector(model_files.find_models()) as detector:
        for number, name in enumerate(dict.fromkeys([*GOOD, *PLAIN_BACKDROP, *LARGE_ENOUGH])):
            image = Image.open(corpus / f"{name}.jpg").convert("RGB")
            observation = detector.observe(_downscale(image))
            analysis = detector.analyze(_downscale(image))
            undamaged[name] = HeadshotSample(name, Size(*image.size), analysis)
            other = others[(number + 5) % len(others)]
            maker = DefectMaker(
                image,
                analysis,
                mask=observation.person_mask,
                other=other,
                scene=scenes[number % len(scenes)],
                rng=rng,
            )
            for defect in DEFECTS:
                if name in GOOD_BY_DEFECT.get(defect, GOOD):
                    made = getattr(maker, defect)()
                    damaged[defect].append(HeadshotSample(name, Size(*made.size), detector.analyze(_downscale(made))))
            report(name)

    set_focus = measure_set_focus([undamaged[name] for name in GOOD])
    return {
        defect: {
            "damaged": len(cases),
            "found": len(_list_flagged(cases, defect, set_focus)),
            "false_alarms": _list_flagged(
                [undamaged[name] for name in GOOD_BY_DEFECT.get(defect, GOOD)], defect, set_focus
            ),
        }
        for defect, cases in damaged.items()
    }


def _list_flagged(cases: Sequence[HeadshotSample], defect: str, set_focus: float | None) -> list[str]:
    """Return which of *cases* the check *defect* gives advice on."""
    return [
        case.path for case in cases if any(one.check == defect and one.is_advice for one in run_checks(case, set_focus))
    ]


def main(arguments: Sequence[str]) -> int:
    """Print how many defects the checks find, as a table or JSON."""
    parser = argparse.ArgumentParser(prog="advice_defects", description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(arguments)
    found = measure(args.corpus, lambda _: None)
    if args.json:
        print(json.dumps(found))
    else:
        print("| check | found | false alarms | precision |\n|---|---|---|---|")
        for defect, one in found.items():
            false = len(one["false_alarms"])
            precision = one["found"] / max(one["found"] + false, 1)
            print(f"| {defect} | {one['found']} of {one['damaged']} | {false} | {precision:.2f} |")
    return 0
