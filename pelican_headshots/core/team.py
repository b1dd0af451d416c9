"""Headshots become people: whose they are, and the crops with the eyes on one line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import UnsetType

from .crops import around
from .curate import Entry, Folder
from .eyeline import SQUARE as SQUARE_FORMAT
from .eyeline import UPRIGHT, Format, Placed, lock
from .headroom import sitters
from .mount import Mount
from .names import person as named
from .names import slug, unique
from .notes import said
from .order import Order
from .plate import Person, Picture
from .rendition import Rights
from .shot import Kind
from .sizes import ABOUT, HEAD, SQUARE, Layout

SLOTS: tuple[tuple[str, Format, Layout], ...] = (
    ("head", UPRIGHT, HEAD),
    ("about", UPRIGHT, ABOUT),
    ("square", SQUARE_FORMAT, SQUARE),
)

Stands = Mapping[Format, Mapping[str, Placed]]
"""Where each headshot (by its path) stands in frames of a format."""


def headshots(folders: Iterable[Folder]) -> list[Entry]:
    """All headshots in *folders*, in order."""
    return [entry for folder in folders for entry in folder.entries if entry.shot.kind == Kind.HEADSHOT]


def people(entries: Iterable[Entry], stands: Stands, order: Order, rights: Rights) -> tuple[Person, ...]:
    """Everybody whose headshot is among *entries*, in order."""
    taken: set[str] = set()
    return tuple(_person(entry, taken, order, rights, stands) for entry in entries)


def lined_up(entries: Iterable[Entry]) -> Stands:
    """The crops of headshots, locked to one line within each set: all below one folder of the photos folder."""
    sets: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.photo.exam.analysis and entry.photo.exam.analysis.faces:
            sets.setdefault(entry.photo.folder.partition("/")[0], []).append(entry)
    stands: dict[Format, dict[str, Placed]] = {format: {} for _, format, _ in SLOTS}
    for together in sets.values():
        exams = [entry.photo.exam for entry in together]
        seen = sitters([(e.analysis.faces[0], e.analysis, e.size, e.colours[0]) for e in exams if e.analysis])
        for format, where in stands.items():
            _, placed = lock(seen, format)
            where.update(zip((entry.photo.path for entry in together), placed, strict=True))
    return stands


def stand_out(stands: Stands) -> dict[str, str]:
    """A sentence for each headshot that could not stand as the others of its set do, by its path."""
    return {path: sentence for path, placed in stands[UPRIGHT].items() if (sentence := _remark(path, placed))}


def _remark(path: str, placed: Placed) -> str:
    if placed.met:
        return ""
    if placed.matted:
        what = "is shown whole, with its own colour around it"
    elif abs(placed.lean) >= 0.5 or abs(placed.line) >= 0.0025:
        what = f"could not bring its eyes onto the line (it leans {abs(placed.lean):.0f}°)"
    else:
        what = f"shows its head {placed.size:.2f} times as large as the others"
    return (
        f"{path} leaves too little room around the head, so it {what}. A wider crop of that photograph would cure it."
    )


def _person(entry: Entry, taken: set[str], order: Order, rights: Rights, stands: Stands) -> Person:
    photo, note = entry.photo, entry.note
    name_in_file, role_in_file = named(photo.stem)
    name, role = said(note.name, name_in_file), said(note.role, role_in_file)
    tag = unique(slug(name or photo.stem), taken)
    mount = Mount(entry, order, rights)
    pictures = {slot: _framed(mount, photo.path, format, layout, stands) for slot, format, layout in SLOTS}
    pictures["social"] = mount.social()
    shown = mount.photograph(tag, "", pictures, person=", ".join(part for part in (name, role) if part))
    written = {"name": (note.name, name), "role": (note.role, role)}
    return Person(
        slug=tag,
        url="",
        name=name,
        role=role,
        department="",
        pronouns="",
        bio="",
        email="",
        phone="",
        links=(),
        photo=shown,
        photos=(shown,),
        file=photo.path,
        folder=photo.folder,
        vcard="",
        sources={
            key: "file name" if isinstance(noted, UnsetType) else "notes.toml"
            for key, (noted, value) in written.items()
            if value
        },
    )


def _framed(mount: Mount, path: str, format: Format, layout: Layout, stands: Stands) -> Picture:
    placed = stands[format].get(path)
    return mount.cut(placed.crop if placed else around((), mount.size, format.ratio, mount.focus), layout)
