"""The eye line over many headshots, in their rendered crops: WORK FILE... [--labels CSV] [--seconds N] [--sheet PNG].

Every headshot is looked at, all stand as one set, each crop is rendered and looked at again; then how high the eyes
stand, how far apart they are and how level is measured in what visitors get. What was looked at is kept in the folder
WORK, so that a run that ends after *--seconds* is taken up by the next one, and a change of crops looks at those alone.
With *--labels* (a corpus' labels.csv) the FILE is the corpus' folder, its headshots are taken, and each source is also
counted as a set of its own. *--sheet* draws the set before and after: a plain crop of the middle, and as it stands.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import mean, median, pstdev

import msgspec
from msgspec.structs import replace
from PIL import Image

from pelican_headshots.analysis.detector import Detector
from pelican_headshots.analysis.model_files import find_models
from pelican_headshots.crop.crops import compute_pixel_size as spanned
from pelican_headshots.crop.crops import crop_around
from pelican_headshots.crop.eye_alignment import AlignedCrop, align_set, explain_misfit
from pelican_headshots.crop.frame_limits import UPRIGHT_SHAPE, FrameTarget
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
"""Pixels of width a crop is looked at with, or as many as it has."""


class AnalyzedPicture(Value, frozen=True):
    """One look at a picture."""

    analysis: Analysis
    size: Size
    background_color: str


class SetMember(Value, frozen=True):
    """A headshot and the place it got in its set."""

    file: Path
    analyzed: AnalyzedPicture
    head: HeadGeometry
    aligned_crop: AlignedCrop

    @property
    def shows_whole_head(self) -> bool:
        """Whether the photograph itself shows all of the head."""
        return not (self.head.is_hair_cut_off or self.head.is_chin_cut_off)


class RenderedHead(Value, frozen=True):
    """A head in its rendered crop: height of the eyes, a head unit, top of the hair and chin, as shares of the frame's
    height; what is left of its roll in degrees."""

    member: SetMember
    eye_height: float
    unit: float
    roll: float
    crown: float
    chin: float


def render_crop(data: bytes, crop: Crop, size: Size) -> bytes:
    return tasks.render_image(data, [Rendition(crop, size.width, size.height, "png", 0)], MAX_PIXELS)[0]


def choose_render_size(crop: Crop, size: Size) -> Size:
    wide = min(spanned(crop, size).width, MAX_WIDTH_PX)
    return Size(wide, round(wide / UPRIGHT_SHAPE.ratio))


class AnalysisCache:
    """Looks at pictures, kept in *work*; a Looker is opened only for what is new."""

    def __init__(self, work: Path, seconds: float, looker: Detector) -> None:
        self.work, self.ends, self.looker = work, time.monotonic() + seconds, looker

    def look(self, key: str, data: Callable[[], bytes]) -> AnalyzedPicture:
        """What is seen in *data*; raises TimeoutError where that must wait for the next run."""
        kept = self.work / f"{hashlib.sha256(f'{ANALYSIS_VERSION} {key}'.encode()).hexdigest()[:24]}.json"
        if kept.exists():
            return msgspec.json.decode(kept.read_bytes(), type=AnalyzedPicture)
        if time.monotonic() > self.ends:
            raise TimeoutError
        frame = decode.decode_for_analysis(data(), tasks.ANALYSIS_LONG_SIDE_PX, MAX_PIXELS)
        seen = AnalyzedPicture(self.looker.analyze(frame.pixels), frame.size, frame.colors[0])
        kept.write_bytes(msgspec.json.encode(seen))
        return seen


def align_files(looks: AnalysisCache, files: Sequence[Path]) -> tuple[FrameTarget, list[SetMember]]:
    """The geometry of *files* as one set, and the place of each in which a face is seen."""
    seen = [(file, looks.look(file.name, file.read_bytes)) for file in files]
    seen = [(file, look) for file, look in seen if look.analysis.faces]
    people = measure_heads(
        [(look.analysis.faces[0], look.analysis, look.size, look.background_color) for _, look in seen]
    )
    geometry, placed = align_set(people, UPRIGHT_SHAPE)
    return geometry, [SetMember(*pair, who, place) for pair, who, place in zip(seen, people, placed, strict=True)]


def measure_rendered_crops(looks: AnalysisCache, line: Sequence[SetMember]) -> list[RenderedHead]:
    """The same, looked at again in their rendered crops."""
    again = []
    for each in line:
        key = f"{each.file.name} {msgspec.json.encode(each.aligned_crop.crop).decode()}"
        again.append(
            looks.look(
                key,
                lambda each=each: render_crop(  # type: ignore[misc]
                    each.file.read_bytes(),
                    each.aligned_crop.crop,
                    choose_render_size(each.aligned_crop.crop, each.analyzed.size),
                ),
            )
        )
    lost = [each.file.name for each, seen in zip(line, again, strict=True) if not seen.analysis.faces]
    print("no face found again:", ", ".join(lost) or "none")
    pairs = []
    for each, after in zip(line, again, strict=True):
        if after.analysis.faces:
            face = max(after.analysis.faces, key=lambda face: face.box.area)
            # Whether a head counts as turned is settled by the original: at the bound both looks may differ.
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


def spread(some: Sequence[RenderedHead]) -> tuple[float, float, float]:
    """Standard deviations of the eyes' height (shares of the frame) and of the head unit (shares of its mean), and the
    share of heads that are level within a degree."""
    units = [each.unit for each in some]
    return (
        pstdev(each.eye_height for each in some),
        pstdev(units) / mean(units),
        mean(abs(each.roll) <= 1 for each in some),
    )


def report(what: str, some: Sequence[RenderedHead]) -> None:
    if some:
        eyes, units, level = spread(some)
        print(
            f"{what}: {len(some)}; eyes' height sd {eyes:.2%} of the frame, head unit sd {units:.2%}, "
            f"level within 1 degree {level:.1%}"
        )


def draw_contact_sheet(line: Sequence[SetMember], to: Path, wide: int = 160) -> None:
    """Each set of ten before, and below it after."""
    size, gap, across = Size(wide, round(wide / UPRIGHT_SHAPE.ratio)), 6, 10
    rows = -(-len(line) // across)
    step = size.height + gap
    drawn = Image.new("RGB", (across * (wide + gap) - gap, rows * (2 * step + 3 * gap)), "#f4f1ec")
    for i, each in enumerate(line):
        for down, crop in enumerate((crop_around((), each.analyzed.size, UPRIGHT_SHAPE.ratio), each.aligned_crop.crop)):
            picture = Image.open(io.BytesIO(render_crop(each.file.read_bytes(), crop, size)))
            drawn.paste(picture, (i % across * (wide + gap), i // across * (2 * step + 3 * gap) + down * step))
    drawn.save(to)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="check_line", description=__doc__)
    parser.add_argument("work", type=Path)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--labels", type=Path)
    parser.add_argument("--seconds", type=float, default=1e9)
    parser.add_argument("--sheet", type=Path)
    given = parser.parse_args(arguments)
    given.work.mkdir(parents=True, exist_ok=True)
    files, sources = list(given.files), {}
    if given.labels:
        with given.labels.open(encoding="utf-8") as file:
            rows = [row for row in csv.DictReader(file) if row["label"] == "headshot" and row["depiction"] != "y"]
        files = [given.files[0] / row["file"] for row in rows]
        sources = {given.files[0] / row["file"]: row["source_repo"] for row in rows}
    with Detector(find_models()) as looker:
        looks = AnalysisCache(given.work, given.seconds, looker)
        try:
            check(looks, files, sources, given.sheet)
        except TimeoutError:
            raise SystemExit(f"not done yet: run it again ({len(list(given.work.iterdir()))} looks so far)") from None
    return 0


def check(looks: AnalysisCache, files: Sequence[Path], sources: dict[Path, str], sheet_path: Path | None) -> None:
    geometry, line = align_files(looks, files)
    faced = {each.file for each in line}
    print("no face:", ", ".join(file.name for file in files if file not in faced) or "none")
    met = [each.aligned_crop for each in line if each.aligned_crop.is_aligned]
    print(
        f"{len(line)} headshots, eyes at {geometry.eye_line:.2f} of a frame of {geometry.frame_height:.1f} head units"
    )
    print(
        f"stand as the set does: {len(met)}, of which {sum(place.crop.extend_backdrop for place in met)} with continued backdrop"
    )
    if sources:
        names = sorted(set(sources.values()))
        sets = [align_files(looks, [each.file for each in line if sources[each.file] == name])[1] for name in names]
        print(
            f"each of {len(names)} sources as a set: {sum(each.aligned_crop.is_aligned for own in sets for each in own)}"
        )
    out = [
        (each, explain_misfit(each.head, geometry, UPRIGHT_SHAPE)) for each in line if not each.aligned_crop.is_aligned
    ]
    for reason, count in Counter(reason for _, reason in out).most_common():
        print(f"  {count:4} {reason}")
    for each, reason in out:
        place = each.aligned_crop
        print(
            f"  {each.file.name}: {reason}; line {place.eye_line_offset:+.1%}, head {place.relative_head_size:.2f}, lean {place.residual_roll:+.1f}"
        )
    if sheet_path:
        draw_contact_sheet(line, sheet_path)
    found = measure_rendered_crops(looks, line)
    report("met", [each for each in found if each.member.aligned_crop.is_aligned])
    report(
        "on the line, head larger, smaller or leaning",
        [each for each in found if each.member.aligned_crop.is_on_line and not each.member.aligned_crop.is_aligned],
    )
    report("all whose photograph shows the whole head", [each for each in found if each.member.shows_whole_head])
    report("all", found)
    ends = [
        each.member.file.name
        for each in found
        if (each.crown <= EDGE_CONTACT_TOLERANCE or each.chin >= 1 - EDGE_CONTACT_TOLERANCE)
        and each.member.shows_whole_head
    ]
    cut = sum(not each.shows_whole_head for each in line)
    print(f"originals that cut hair or chin themselves: {cut}; crops that cut another's: {', '.join(ends) or 'none'}")
    larger = [
        each.file.name
        for each in line
        if choose_render_size(each.aligned_crop.crop, each.analyzed.size).width
        > spanned(each.aligned_crop.crop, each.analyzed.size).width
    ]
    print("enlarged:", ", ".join(larger) or "none")
