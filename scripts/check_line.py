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
    eyes_roll,
    head_unit,
    sitters,
)
from pelican_headshots.core.cropped.reach import UPRIGHT
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


class Measured(Value, frozen=True):
    """A head in its rendered crop: height of the eyes, a head unit, top of the hair and chin, as shares of the frame's
    height; what is left of its roll in degrees."""

    name: str
    placed: Placed
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


def measured(looks: Looks, files: Sequence[Path], first: Sequence[Seen], placed: Sequence[Placed]) -> list[Measured]:
    again = []
    for file, seen, place in zip(files, first, placed, strict=True):
        key = f"{file.name} {msgspec.json.encode(place.crop).decode()}"
        again.append(
            looks.look(
                key,
                lambda file=file, seen=seen, place=place: rendered(  # type: ignore[misc]
                    file.read_bytes(), place.crop, goal(place.crop, seen.size)
                ),
            )
        )
    lost = [file.name for file, seen in zip(files, again, strict=True) if not seen.analysis.faces]
    print("no face found again:", ", ".join(lost) or "none")
    pairs = []
    for file, before, after, place in zip(files, first, again, placed, strict=True):
        if after.analysis.faces:
            face = max(after.analysis.faces, key=lambda face: face.box.area)
            # Whether a head counts as turned is settled by the original: at the bound both looks may differ.
            pairs.append((file, replace(face, yaw=before.analysis.faces[0].yaw), after.size, place))
    straight = [(face, size) for _, face, size, _ in pairs if abs(face.yaw) <= TURNED]
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
            file.name,
            place,
            (face.right_eye.y + face.left_eye.y) / 2,
            head_unit(face, size, share) / size.height,
            eyes_roll(face, size),
            face.crown.y,
            max(face.chin.y, 0.0),
        )
        for file, face, size, place in pairs
    ]


def report(what: str, some: Sequence[Measured]) -> None:
    if not some:
        return
    units = [each.unit for each in some]
    level = mean(abs(each.roll) <= 1 for each in some)
    print(
        f"{what}: {len(some)}; eyes' height sd {pstdev(each.eyes for each in some):.2%} of the frame, head unit sd "
        f"{pstdev(units) / mean(units):.2%}, level within 1 degree {level:.1%}"
    )


def sheet(files: Sequence[Path], first: Sequence[Seen], placed: Sequence[Placed], to: Path, wide: int = 160) -> None:
    """Each set of ten before, and below it after."""
    size, gap, across = Size(wide, round(wide / UPRIGHT.ratio)), 6, 10
    rows = -(-len(files) // across)
    step = size.height + gap
    drawn = Image.new("RGB", (across * (wide + gap) - gap, rows * (2 * step + 3 * gap)), "#f4f1ec")
    for i, (file, seen, place) in enumerate(zip(files, first, placed, strict=True)):
        for down, crop in enumerate((around((), seen.size, UPRIGHT.ratio), place.crop)):
            picture = Image.open(io.BytesIO(rendered(file.read_bytes(), crop, size)))
            drawn.paste(picture, (i % across * (wide + gap), i // across * (2 * step + 3 * gap) + down * step))
    drawn.save(to)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", type=Path)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--labels", type=Path)
    parser.add_argument("--seconds", type=float, default=1e9)
    parser.add_argument("--sheet", type=Path)
    given = parser.parse_args()
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


def check(looks: Looks, files: list[Path], sources: dict[Path, str], drawn: Path | None) -> None:
    first = [looks.look(file.name, file.read_bytes) for file in files]
    print(
        "no face:",
        ", ".join(file.name for file, seen in zip(files, first, strict=True) if not seen.analysis.faces) or "none",
    )
    together = [(file, seen) for file, seen in zip(files, first, strict=True) if seen.analysis.faces]
    files, first = [file for file, _ in together], [seen for _, seen in together]
    people = sitters([(seen.analysis.faces[0], seen.analysis, seen.size, seen.ground) for seen in first])
    geometry, placed = lock(people, UPRIGHT)
    met = [place for place in placed if place.met]
    print(f"{len(files)} headshots, eyes at {geometry.eyes:.2f} of a frame of {geometry.span:.1f} head units")
    print(
        f"stand as the set does: {len(met)}, of which {sum(place.crop.extend for place in met)} with continued backdrop"
    )
    if sources:
        total = 0
        for source in sorted(set(sources.values())):
            own = [i for i, file in enumerate(files) if sources[file] == source]
            faced = [(first[i].analysis.faces[0], first[i].analysis, first[i].size, first[i].ground) for i in own]
            total += sum(place.met for place in lock(sitters(faced), UPRIGHT)[1])
        print(f"each of {len(set(sources.values()))} sources as a set: {total}")
    out = [
        (file, obstacle(who, geometry, UPRIGHT), place)
        for file, who, place in zip(files, people, placed, strict=True)
        if not place.met
    ]
    for reason, count in Counter(reason for _, reason, _ in out).most_common():
        print(f"  {count:4} {reason}")
    for name, reason, place in out:
        print(f"  {name.name}: {reason}; line {place.line:+.1%}, head {place.size:.2f}, lean {place.lean:+.1f}")
    if drawn:
        sheet(files, first, placed, drawn)
    found = measured(looks, files, first, placed)
    report("met", [each for each in found if each.placed.met])
    report("on the line, head larger or smaller", [e for e in found if e.placed.on_line and not e.placed.met])
    report("all", found)
    cut = {file for file, who in zip(files, people, strict=True) if who.cut_above or who.cut_below}
    names = {file.name for file in cut}
    ends = [
        each.name for each in found if (each.crown <= TOUCHING or each.chin >= 1 - TOUCHING) and each.name not in names
    ]
    print(
        f"originals that cut hair or chin themselves: {len(names)}; crops that cut another's: {', '.join(ends) or 'none'}"
    )
    larger = [
        f.name
        for f, s, p in zip(files, first, placed, strict=True)
        if goal(p.crop, s.size).width > spanned(p.crop, s.size).width
    ]
    print("enlarged:", ", ".join(larger) or "none")


if __name__ == "__main__":
    main()
