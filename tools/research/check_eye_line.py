"""Measure the eye line of many headshots in their rendered crops: WORK FILE... [--labels CSV] [--seconds N] [--sheet PNG].

Every headshot is analyzed, all are aligned as one set, and each crop is rendered and analyzed again. Then the height of the
eyes, the size of the heads and their tilt are measured in what visitors see. The analyses are kept in the folder WORK, so
that a run that ends after *--seconds* is continued by the next one, and only changed crops are analyzed again. With
*--labels* (a corpus' labels.csv), FILE is the folder of the corpus, its headshots are used, and each source is also counted
as a set of its own, as are *--teams* random teams of 3 to 40. A table says for each framing how many photos match their
set, and how many of those that have space above the hair and shoulders show them. *--sheet* draws the set before and after:
plain crops of the center, and aligned.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from math import log, sqrt
from pathlib import Path
from random import Random
from statistics import mean, median, pstdev

import msgspec
from msgspec.structs import replace
from PIL import Image

from pelican_headshots.analysis.detector import Detector
from pelican_headshots.analysis.model_files import find_models
from pelican_headshots.crop.crops import compute_pixel_size, crop_around
from pelican_headshots.crop.eye_alignment import AlignedCrop, align_set, explain_misfit
from pelican_headshots.crop.frame_limits import HAIR_ROOM, UPRIGHT_SHAPE, FrameTarget
from pelican_headshots.crop.framing import FRAMINGS, NORMAL_FRAMING, Framing
from pelican_headshots.crop.head_geometry import (
    DEFAULT_EYES_TO_CHIN,
    EDGE_CONTACT_TOLERANCE,
    MAX_FRONTAL_YAW_DEGREES,
    HeadGeometry,
    compute_eye_roll,
    compute_head_unit_px,
    measure_heads,
)
from pelican_headshots.images import decode
from pelican_headshots.pipeline import tasks
from pelican_headshots.pipeline.process import ANALYSIS_VERSION
from pelican_headshots.values.analysis import Analysis
from pelican_headshots.values.geometry import Size, Value
from pelican_headshots.values.rendition import Crop, Rendition

MAX_PIXELS = 1 << 30
MAX_WIDTH_PX = 800
"""Width in pixels at which a crop is analyzed, or its own width if that is less."""


class AnalyzedPicture(Value, frozen=True):
    """A picture's analysis, its size in pixels and the color of its background."""

    analysis: Analysis
    size: Size
    background_color: str


class SetMember(Value, frozen=True):
    """A headshot and its aligned crop in its set."""

    file: Path
    analyzed: AnalyzedPicture
    head: HeadGeometry
    aligned_crop: AlignedCrop
    target: FrameTarget

    @property
    def frame_height(self) -> float:
        """Height of the crop, in head units."""
        return self.target.frame_height / self.aligned_crop.relative_head_size

    @property
    def eye_line(self) -> float:
        """Height of the eyes in the crop, as a fraction from the top."""
        return self.target.eye_line + self.aligned_crop.eye_line_offset

    @property
    def hair_room(self) -> float:
        """Space above the hair in the crop, as a fraction of its height; negative if the crop cuts the hair."""
        tilted = self.head.tilt(self.aligned_crop.residual_roll - self.head.residual_roll)
        return self.eye_line - tilted.eyes_to_hair_top / self.frame_height

    def has_hair_room(self, frame_height: float) -> bool:
        """Return whether the photo has `HAIR_ROOM` of *frame_height* above the hair."""
        return self.head.space_above_eyes - self.head.eyes_to_hair_top >= HAIR_ROOM * frame_height

    @property
    def has_shoulders(self) -> bool:
        """Whether the photo reaches a head unit below the chin, where shoulders are seen."""
        return self.head.space_below_eyes >= self.head.eyes_to_chin + 1

    @property
    def shows_shoulders(self) -> bool:
        """Whether the crop does."""
        return (1 - self.eye_line) * self.frame_height >= self.head.eyes_to_chin + 1

    @property
    def shows_whole_head(self) -> bool:
        """Whether the photo itself shows all of the head."""
        return not (self.head.is_hair_cut_off or self.head.is_chin_cut_off)


class RenderedHead(Value, frozen=True):
    """A head in its rendered crop.

    Height of the eyes, head unit, top of the hair and chin are shares of the frame's height; the roll is in degrees.
    """

    member: SetMember
    eye_height: float
    unit: float
    roll: float
    crown: float
    chin: float


def render_crop(data: bytes, crop: Crop, size: Size) -> bytes:
    """Return the crop of the photo in *data* as a PNG file of *size* pixels."""
    return tasks.render_image(data, [Rendition(crop, size.width, size.height, "png", 0)], MAX_PIXELS)[0]


def choose_render_size(crop: Crop, size: Size) -> Size:
    """Return the size in pixels at which a page shows the crop of a photo of *size*."""
    wide = min(compute_pixel_size(crop, size).width, MAX_WIDTH_PX)
    return Size(wide, round(wide / UPRIGHT_SHAPE.ratio))


class AnalysisCache:
    """Analyzes pictures and keeps the results in the folder *work*."""

    def __init__(self, work: Path, seconds: float, detector: Detector) -> None:
        self.work, self.ends, self.detector = work, time.monotonic() + seconds, detector

    def analyze(self, key: str, data: Callable[[], bytes]) -> AnalyzedPicture:
        """Return the analysis of *data*. Raises TimeoutError if the time is up and it is not in the cache."""
        file = self.work / f"{hashlib.sha256(f'{ANALYSIS_VERSION} {key}'.encode()).hexdigest()[:24]}.json"
        if file.exists():
            return msgspec.json.decode(file.read_bytes(), type=AnalyzedPicture)
        if time.monotonic() > self.ends:
            raise TimeoutError
        frame = decode.decode_for_analysis(data(), tasks.ANALYSIS_LONG_SIDE_PX, MAX_PIXELS)
        seen = AnalyzedPicture(self.detector.analyze(frame.pixels), frame.size, frame.colors[0])
        file.write_bytes(msgspec.json.encode(seen))
        return seen


def align_files(
    cache: AnalysisCache, files: Sequence[Path], framing: Framing = NORMAL_FRAMING
) -> tuple[FrameTarget, list[SetMember]]:
    """Align *files* as one set: return its geometry and a member for each file with a face."""
    seen = [(file, cache.analyze(file.name, file.read_bytes)) for file in files]
    seen = [(file, look) for file, look in seen if look.analysis.faces]
    people = measure_heads(
        [(look.analysis.faces[0], look.analysis, look.size, look.background_color) for _, look in seen]
    )
    geometry, placed = align_set(people, UPRIGHT_SHAPE, framing)
    return geometry, [
        SetMember(*pair, who, place, geometry) for pair, who, place in zip(seen, people, placed, strict=True)
    ]


def measure_rendered_crops(cache: AnalysisCache, members: Sequence[SetMember]) -> list[RenderedHead]:
    """Analyze the rendered crop of each member and measure its head."""
    rendered = []
    for each in members:
        key = f"{each.file.name} {msgspec.json.encode(each.aligned_crop.crop).decode()}"
        rendered.append(
            cache.analyze(
                key,
                lambda each=each: render_crop(  # type: ignore[misc]
                    each.file.read_bytes(),
                    each.aligned_crop.crop,
                    choose_render_size(each.aligned_crop.crop, each.analyzed.size),
                ),
            )
        )
    lost = [each.file.name for each, seen in zip(members, rendered, strict=True) if not seen.analysis.faces]
    print("no face found again:", ", ".join(lost) or "none")
    pairs = []
    for each, after in zip(members, rendered, strict=True):
        if after.analysis.faces:
            face = max(after.analysis.faces, key=lambda face: face.box.area)
            # The original decides whether a head counts as turned: near the limit, the two analyses may differ.
            pairs.append((each, replace(face, yaw=each.analyzed.analysis.faces[0].yaw), after.size))
    straight = [(face, size) for _, face, size in pairs if abs(face.yaw) <= MAX_FRONTAL_YAW_DEGREES]
    share = (
        median(
            (face.chin.y - (face.right_eye.y + face.left_eye.y) / 2) * size.height / compute_head_unit_px(face, size)
            for face, size in straight
        )
        if straight
        else DEFAULT_EYES_TO_CHIN
    )
    return [
        RenderedHead(
            each,
            (face.right_eye.y + face.left_eye.y) / 2,
            compute_head_unit_px(face, size, share) / size.height,
            compute_eye_roll(face, size),
            face.crown.y,
            max(face.chin.y, 0.0),
        )
        for each, face, size in pairs
    ]


def spread(heads: Sequence[RenderedHead]) -> tuple[float, float, float]:
    """Return how much the heads differ.

    Returns:
        Standard deviation of the eyes' height (share of the frame), standard deviation of the head unit (share of its
        mean), and the share of heads that are level within a degree.
    """
    units = [each.unit for each in heads]
    return (
        pstdev(each.eye_height for each in heads),
        pstdev(units) / mean(units),
        mean(abs(each.roll) <= 1 for each in heads),
    )


def report(title: str, heads: Sequence[RenderedHead]) -> None:
    """Print how much the heads of a set differ."""
    if heads:
        eyes, units, level = spread(heads)
        print(
            f"{title}: {len(heads)}; eyes' height sd {eyes:.2%} of the frame, head unit sd {units:.2%}, "
            f"level within 1 degree {level:.1%}"
        )


def print_framings(cache: AnalysisCache, groups: Mapping[str, Sequence[Sequence[Path]]]) -> None:
    """Print how well each framing suits each group of sets: the geometry of the crops, as they are planned."""
    print(
        "framing, sets | photos | match | frame, median | hair room shown / in the photo at the crop's size / at that of "
        "`normal` | shoulders shown / in the photo | hair cut | eyes and head size of those that match, rms"
    )
    wanted_height = NORMAL_FRAMING.adjust_target(UPRIGHT_SHAPE).frame_height
    for name, framing in FRAMINGS.items():
        for group, sets in groups.items():
            members = list(chain.from_iterable(align_files(cache, files, framing)[1] for files in sets))
            matching = [each.aligned_crop for each in members if each.aligned_crop.is_aligned]
            roomy = [each for each in members if each.has_hair_room(each.frame_height)]
            wanted = [each for each in members if each.has_hair_room(wanted_height)]
            shown = {id(each) for each in members if each.hair_room >= HAIR_ROOM - 0.0005}
            with_shoulders = [each for each in members if each.has_shoulders]
            cut = [each for each in members if each.hair_room < -0.001 and not each.head.is_hair_cut_off]
            print(
                f"{name}, {group} | {len(members)} | {len(matching)} | "
                f"{median(each.frame_height for each in members):.1f} | "
                f"{sum(id(each) in shown for each in roomy)} / {len(roomy)}, "
                f"{sum(id(each) in shown for each in wanted)} / {len(wanted)} | "
                f"{sum(each.shows_shoulders for each in with_shoulders)} / {len(with_shoulders)} | {len(cut)} | "
                f"{sqrt(mean(each.eye_line_offset**2 for each in matching)):.2%} "
                f"{sqrt(mean(log(each.relative_head_size) ** 2 for each in matching)):.2%}"
            )


def draw_contact_sheet(members: Sequence[SetMember], to: Path, wide: int = 160) -> None:
    """Draw rows of ten headshots, each row first with plain crops and below that with aligned crops."""
    size, gap, across = Size(wide, round(wide / UPRIGHT_SHAPE.ratio)), 6, 10
    rows = -(-len(members) // across)
    step = size.height + gap
    drawn = Image.new("RGB", (across * (wide + gap) - gap, rows * (2 * step + 3 * gap)), "#f4f1ec")
    for i, each in enumerate(members):
        for down, crop in enumerate((crop_around((), each.analyzed.size, UPRIGHT_SHAPE.ratio), each.aligned_crop.crop)):
            picture = Image.open(io.BytesIO(render_crop(each.file.read_bytes(), crop, size)))
            drawn.paste(picture, (i % across * (wide + gap), i // across * (2 * step + 3 * gap) + down * step))
    drawn.save(to)


def main(arguments: Sequence[str]) -> int:
    """Check the files that the command line names."""
    parser = argparse.ArgumentParser(prog="check_eye_line", description=__doc__)
    parser.add_argument("work", type=Path)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--labels", type=Path)
    parser.add_argument("--seconds", type=float, default=1e9)
    parser.add_argument("--teams", type=int, default=0)
    parser.add_argument("--sheet", type=Path)
    args = parser.parse_args(arguments)
    args.work.mkdir(parents=True, exist_ok=True)
    files, sources = list(args.files), {}
    if args.labels:
        with args.labels.open(encoding="utf-8") as file:
            rows = [row for row in csv.DictReader(file) if row["label"] == "headshot" and row["depiction"] != "y"]
        files = [args.files[0] / row["file"] for row in rows]
        sources = {args.files[0] / row["file"]: row["source_repo"] for row in rows}
    with Detector(find_models()) as detector:
        cache = AnalysisCache(args.work, args.seconds, detector)
        try:
            groups = {"one set": [files]}
            if sources:
                names = sorted(set(sources.values()))
                groups["by source"] = [[file for file in files if sources[file] == name] for name in names]
            if args.teams:
                random = Random(20)
                groups[f"{args.teams} random teams"] = [
                    random.sample(files, random.randint(3, min(40, len(files)))) for _ in range(args.teams)
                ]
            print_framings(cache, groups)
            check(cache, files, args.sheet)
        except TimeoutError:
            raise SystemExit(
                f"Not finished: run it again ({len(list(args.work.iterdir()))} analyses so far)."
            ) from None
    return 0


def check(cache: AnalysisCache, files: Sequence[Path], sheet_path: Path | None) -> None:
    """Align the headshots, measure their rendered crops, and print the results.

    Args:
        cache: Analyzes pictures.
        files: The photos.
        sheet_path: Where to draw the set, if it is to be drawn.
    """
    geometry, members = align_files(cache, files)
    faced = {each.file for each in members}
    print("no face:", ", ".join(file.name for file in files if file not in faced) or "none")
    aligned = [each.aligned_crop for each in members if each.aligned_crop.is_aligned]
    print(
        f"{len(members)} headshots, eyes at {geometry.eye_line:.2f} of a frame of {geometry.frame_height:.1f} head units"
    )
    print(
        f"aligned with the set: {len(aligned)}, "
        f"{sum(place.crop.extend_backdrop for place in aligned)} of them with extended backdrop"
    )
    out = [
        (each, explain_misfit(each.head, geometry, UPRIGHT_SHAPE))
        for each in members
        if not each.aligned_crop.is_aligned
    ]
    for reason, count in Counter(reason for _, reason in out).most_common():
        print(f"  {count:4} {reason}")
    for each, reason in out:
        place = each.aligned_crop
        print(
            f"  {each.file.name}: {reason}; eye line {place.eye_line_offset:+.1%}, head {place.relative_head_size:.2f}, "
            f"tilt {place.residual_roll:+.1f}"
        )
    if sheet_path:
        draw_contact_sheet(members, sheet_path)
    found = measure_rendered_crops(cache, members)
    report("aligned", [each for each in found if each.member.aligned_crop.is_aligned])
    report(
        "on the eye line, head larger, smaller or tilted",
        [each for each in found if each.member.aligned_crop.is_on_line and not each.member.aligned_crop.is_aligned],
    )
    report("all whose photo shows the whole head", [each for each in found if each.member.shows_whole_head])
    report("all", found)
    ends = [
        each.member.file.name
        for each in found
        if (each.crown <= EDGE_CONTACT_TOLERANCE or each.chin >= 1 - EDGE_CONTACT_TOLERANCE)
        and each.member.shows_whole_head
    ]
    cut = sum(not each.shows_whole_head for each in members)
    print(f"photos that cut off hair or chin: {cut}; crops that cut off more: {', '.join(ends) or 'none'}")
    larger = [
        each.file.name
        for each in members
        if choose_render_size(each.aligned_crop.crop, each.analyzed.size).width
        > compute_pixel_size(each.aligned_crop.crop, each.analyzed.size).width
    ]
    print("enlarged:", ", ".join(larger) or "none")
