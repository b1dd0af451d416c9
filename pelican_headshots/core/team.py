"""Headshots become people: whose they are, and the crops with the eyes on one line."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import UnsetType

from .crops import around, headshot
from .curate import Entry, Folder
from .mount import Mount
from .names import person as named
from .names import slug, unique
from .notes import said
from .order import Order
from .plate import Person, Picture
from .rendition import Rights
from .shot import Kind
from .sizes import ABOUT, ABOUT_RATIO, HEAD, HEAD_RATIO, SQUARE, SQUARE_RATIO, Layout

SLOTS = (("head", HEAD_RATIO, HEAD), ("about", ABOUT_RATIO, ABOUT), ("square", SQUARE_RATIO, SQUARE))


def people(folders: Iterable[Folder], order: Order, rights: Rights) -> tuple[Person, ...]:
    """Everybody whose headshot lies in *folders*, in order."""
    taken: set[str] = set()
    return tuple(
        _person(entry, taken, order, rights)
        for folder in folders
        for entry in folder.entries
        if entry.shot.kind == Kind.HEADSHOT
    )


def _person(entry: Entry, taken: set[str], order: Order, rights: Rights) -> Person:
    photo, note = entry.photo, entry.note
    name_in_file, role_in_file = named(photo.stem)
    name, role = said(note.name, name_in_file), said(note.role, role_in_file)
    tag = unique(slug(name or photo.stem), taken)
    mount = Mount(entry, order, rights)
    pictures = {slot: _framed(mount, entry, ratio, layout) for slot, ratio, layout in SLOTS}
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


def _framed(mount: Mount, entry: Entry, ratio: float, layout: Layout) -> Picture:
    analysis = entry.photo.exam.analysis
    if analysis and analysis.faces:
        return mount.cut(headshot(analysis.faces[0], mount.size, ratio), layout)
    return mount.cut(around((), mount.size, ratio, mount.focus), layout)
