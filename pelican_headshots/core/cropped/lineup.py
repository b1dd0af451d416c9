"""Which headshots stand in one line, and where each stands: the eye-line lock over the sets of a site."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..geometry import Value
from ..rendition import Crop
from ..routed.curate import Entry
from ..routed.people import Somebody
from .eyeline import Placed, lock, obstacle, stand
from .headroom import LEVEL, Sitter, sitters
from .reach import CIRCLE, SQUARE, UPRIGHT, Format

FORMATS = (UPRIGHT, SQUARE)
ALL_FORMATS = (UPRIGHT, SQUARE, CIRCLE)
"""With those that only downloads have."""


class Lineup(Value, frozen=True):
    """Where each photograph with a face stands: format → path → place. *remarks*: sentences about those that stand out."""

    places: Mapping[Format, Mapping[str, Placed]]
    remarks: Mapping[str, str]

    def crop(self, path: str, format: Format) -> Crop | None:
        """The crop of the photograph *path*; None where no face was seen in it."""
        place = self.places.get(format, {}).get(path)
        return place.crop if place else None


def line_up(everybody: Iterable[Somebody], formats: Sequence[Format] = FORMATS) -> Lineup:
    """All people of one top folder of photographs stand in one line, whatever sub-folders they are in.

    The line is made for each one's first headshot; their other photographs are then placed on it.
    """
    sets: dict[str, list[Somebody]] = {}
    for who in everybody:
        if who.entries:
            sets.setdefault(who.folder.partition("/")[0], []).append(who)
    places: dict[Format, dict[str, Placed]] = {format: {} for format in formats}
    remarks: dict[str, str] = {}
    for together in sets.values():
        seen = _seen(entry for who in together for entry in who.headshots or who.entries[:1])
        first = [path for who in together if (path := who.entries[0].photo.path) in seen]
        for format in formats:
            geometry, placed = lock([seen[path] for path in first], format)
            where = dict(zip(first, placed, strict=True))
            where |= {path: stand(sitter, geometry, format) for path, sitter in seen.items() if path not in where}
            places[format] |= where
            if format == formats[0]:
                out = [path for path in first if not where[path].met]
                remarks |= {path: _remark(path, where[path], obstacle(seen[path], geometry, format)) for path in out}
    return Lineup(places, remarks)


def _seen(entries: Iterable[Entry]) -> dict[str, Sitter]:
    """Path → the face in it, measured together with the others'."""
    exams = {entry.photo.path: entry.photo.exam for entry in entries}
    faces = {
        path: (exam.analysis.faces[0], exam.analysis, exam.size, exam.colours[0])
        for path, exam in exams.items()
        if exam.analysis and exam.analysis.faces
    }
    return dict(zip(faces, sitters(list(faces.values())), strict=True))


def _remark(path: str, placed: Placed, why: str) -> str:
    what = []
    if placed.matted:
        what.append("is shown whole, with its own colour around it")
    if not placed.on_line:
        what.append(
            f"has its eyes {abs(placed.line):.0%} of the frame {'below' if placed.line > 0 else 'above'} the line"
        )
    if abs(placed.lean) >= LEVEL:
        what.append(f"still leans by {abs(placed.lean):.1f} degrees")
    if not what:
        what.append(f"shows its head {placed.size:.2f} times as large as the others")
    return f"{path} {' and '.join(what)}, because {why}."
