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

from pelican_headshots import tasks
from pelican_headshots.adapters.looking.looker import Looker
from pelican_headshots.adapters.looking.models import find
from pelican_headshots.adapters.pictures import pixels
from pelican_headshots.core.analysis import Analysis
from pelican_headshots.core.cropped.crops import around
from pelican_headshots.core.cropped.crops import pixels as spanned
from pelican_headshots.core.cropped.eyeline import Placed, lock, obstacle
from pelican_headshots.core.cropped.headroom import (
    EYES_TO_CHIN,
    TOUCHING,
    TURNED,
    Sitter,
    eyes_roll,
    head_unit,
    sitters,
)
from pelican_headshots.core.cropped.reach import UPRIGHT, Geometry
from pelican_headshots.core.geometry import Size, Value
from pelican_headshots.core.rendition import Crop, Rendition
from pelican_headshots.darkroom import EYES

LIMIT = 1 << 30
WIDEST = 800
"""Pixels of width a crop is looked at with, or as many as it has."""


class Seen(Value, frozen=True):
    """One look at a picture."""

    analysis: Analysis
    size: Size
    ground: str


class Lined(Value, frozen=True):
    """A headshot and the place it got in its set."""

    file: Path
    seen: Seen
    sitter: Sitter
    placed: Placed

    @property
    def whole(self) -> bool:
        """Whether the photograph itself shows all of the head."""
        return not (self.sitter.cut_above or self.sitter.cut_below)


class Measured(Value, frozen=True):
    """A head in its rendered crop: height of the eyes, a head unit, top of the hair and chin, as shares of the frame's
    height; what is left of its roll in degrees."""

    lined: Lined
    eyes: float
    unit: float
    roll: float
    crown: float
    chin: float


def rendered(data: bytes, crop: Crop, size: Size) -> bytes:
    return tasks.develop(data, [Rendition(crop, size.width, size.height, "png", 0)], LIMIT)[0]


def goal(crop: Crop, size: Size) -> Size:
    wide = min(spanned(crop, size).width, WIDEST)
    return Size(wide, round(wide / UPRIGHT.ratio))


class Looks:
    """Looks at pictures, kept in *work*; a Looker is opened only for what is new."""

    def __init__(self, work: Path, seconds: float, looker: Looker) -> None:
        self.work, self.ends, self.looker = work, time.monotonic() + seconds, looker

    def look(self, key: str, data: Callable[[], bytes]) -> Seen:
        """What is seen in *data*; raises TimeoutError where that must wait for the next run."""
        kept = self.work / f"{hashlib.sha256(f'{EYES} {key}'.encode()).hexdigest()[:24]}.json"
        if kept.exists():
            return msgspec.json.decode(kept.read_bytes(), type=Seen)
        if time.monotonic() > self.ends:
            raise TimeoutError
        frame = pixels.frame(data(), tasks.LONG_SIDE, LIMIT)
        seen = Seen(self.looker.look(frame.pixels), frame.size, frame.colours[0])
        kept.write_bytes(msgspec.json.encode(seen))
        return seen


def line_up(looks: Looks, files: Sequence[Path]) -> tuple[Geometry, list[Lined]]:
    """The geometry of *files* as one set, and the place of each in which a face is seen."""
    seen = [(file, looks.look(file.name, file.read_bytes)) for file in files]
    seen = [(file, look) for file, look in seen if look.analysis.faces]
    people = sitters([(look.analysis.faces[0], look.analysis, look.size, look.ground) for _, look in seen])
    geometry, placed = lock(people, UPRIGHT)
    return geometry, [Lined(*pair, who, place) for pair, who, place in zip(seen, people, placed, strict=True)]


def measured(looks: Looks, line: Sequence[Lined]) -> list[Measured]:
    """The same, looked at again in their rendered crops."""
    again = []
    for each in line:
        key = f"{each.file.name} {msgspec.json.encode(each.placed.crop).decode()}"
        again.append(
            looks.look(
                key,
                lambda each=each: rendered(  # type: ignore[misc]
                    each.file.read_bytes(), each.placed.crop, goal(each.placed.crop, each.seen.size)
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
            pairs.append((each, replace(face, yaw=each.seen.analysis.faces[0].yaw), after.size))
    straight = [(face, size) for _, face, size in pairs if abs(face.yaw) <= TURNED]
    share = (
        median(
            (face.chin.y - (face.right_eye.y + face.left_eye.y) / 2) * size.height / head_unit(face, size)
            for face, size in straight
        )
        if straight
        else EYES_TO_CHIN
    )
    return [
        Measured(
            each,
            (face.right_eye.y + face.left_eye.y) / 2,
            head_unit(face, size, share) / size.height,
            eyes_roll(face, size),
            face.crown.y,
            max(face.chin.y, 0.0),
        )
        for each, face, size in pairs
    ]


def spread(some: Sequence[Measured]) -> tuple[float, float, float]:
    """Standard deviations of the eyes' height (shares of the frame) and of the head unit (shares of its mean), and the
    share of heads that are level within a degree."""
    units = [each.unit for each in some]
    return (
        pstdev(each.eyes for each in some),
        pstdev(units) / mean(units),
        mean(abs(each.roll) <= 1 for each in some),
    )


def report(what: str, some: Sequence[Measured]) -> None:
    if some:
        eyes, units, level = spread(some)
        print(
            f"{what}: {len(some)}; eyes' height sd {eyes:.2%} of the frame, head unit sd {units:.2%}, "
            f"level within 1 degree {level:.1%}"
        )


def sheet(line: Sequence[Lined], to: Path, wide: int = 160) -> None:
    """Each set of ten before, and below it after."""
    size, gap, across = Size(wide, round(wide / UPRIGHT.ratio)), 6, 10
    rows = -(-len(line) // across)
    step = size.height + gap
    drawn = Image.new("RGB", (across * (wide + gap) - gap, rows * (2 * step + 3 * gap)), "#f4f1ec")
    for i, each in enumerate(line):
        for down, crop in enumerate((around((), each.seen.size, UPRIGHT.ratio), each.placed.crop)):
            picture = Image.open(io.BytesIO(rendered(each.file.read_bytes(), crop, size)))
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
    with Looker(find()) as looker:
        looks = Looks(given.work, given.seconds, looker)
        try:
            check(looks, files, sources, given.sheet)
        except TimeoutError:
            raise SystemExit(f"not done yet: run it again ({len(list(given.work.iterdir()))} looks so far)") from None
    return 0


def check(looks: Looks, files: Sequence[Path], sources: dict[Path, str], drawn: Path | None) -> None:
    geometry, line = line_up(looks, files)
    faced = {each.file for each in line}
    print("no face:", ", ".join(file.name for file in files if file not in faced) or "none")
    met = [each.placed for each in line if each.placed.met]
    print(f"{len(line)} headshots, eyes at {geometry.eyes:.2f} of a frame of {geometry.span:.1f} head units")
    print(
        f"stand as the set does: {len(met)}, of which {sum(place.crop.extend for place in met)} with continued backdrop"
    )
    if sources:
        names = sorted(set(sources.values()))
        sets = [line_up(looks, [each.file for each in line if sources[each.file] == name])[1] for name in names]
        print(f"each of {len(names)} sources as a set: {sum(each.placed.met for own in sets for each in own)}")
    out = [(each, obstacle(each.sitter, geometry, UPRIGHT)) for each in line if not each.placed.met]
    for reason, count in Counter(reason for _, reason in out).most_common():
        print(f"  {count:4} {reason}")
    for each, reason in out:
        place = each.placed
        print(f"  {each.file.name}: {reason}; line {place.line:+.1%}, head {place.size:.2f}, lean {place.lean:+.1f}")
    if drawn:
        sheet(line, drawn)
    found = measured(looks, line)
    report("met", [each for each in found if each.lined.placed.met])
    report(
        "on the line, head larger, smaller or leaning",
        [each for each in found if each.lined.placed.on_line and not each.lined.placed.met],
    )
    report("all whose photograph shows the whole head", [each for each in found if each.lined.whole])
    report("all", found)
    ends = [
        each.lined.file.name
        for each in found
        if (each.crown <= TOUCHING or each.chin >= 1 - TOUCHING) and each.lined.whole
    ]
    cut = sum(not each.whole for each in line)
    print(f"originals that cut hair or chin themselves: {cut}; crops that cut another's: {', '.join(ends) or 'none'}")
    larger = [
        each.file.name
        for each in line
        if goal(each.placed.crop, each.seen.size).width > spanned(each.placed.crop, each.seen.size).width
    ]
    print("enlarged:", ", ".join(larger) or "none")
