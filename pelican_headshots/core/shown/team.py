"""People as pages show them: their words, and their headshots on one line."""

from __future__ import annotations

from collections.abc import Sequence

from ..cropped.lineup import Lineup
from ..cropped.reach import SQUARE as SQUARE_FORMAT
from ..cropped.reach import UPRIGHT, Format
from ..hung.sizes import ABOUT, HEAD, SQUARE, Layout
from ..ordered.order import Order
from ..plate import Person, Photograph
from ..rendition import Rights
from ..routed.curate import Entry
from ..routed.people import Somebody
from ..said.names import slug, unique
from .downloads import downloads
from .mount import Mount
from .phrases import Phrases

FOLDER = "people/"
"""Where people's pages and cards lie in the site."""

IDS = ("main", "everyone")
"""What the theme calls parts of a page with people: nobody else may be called so there."""

FIRST: tuple[tuple[str, Format, Layout], ...] = (
    ("head", UPRIGHT, HEAD),
    ("about", UPRIGHT, ABOUT),
    ("square", SQUARE_FORMAT, SQUARE),
)
"""The slots of the photograph that stands for somebody; their others have the first of them."""


def people(
    everybody: Sequence[Somebody],
    lineup: Lineup,
    order: Order,
    rights: Rights,
    phrases: Phrases | None = None,
    *,
    offered: bool = False,
) -> tuple[Person, ...]:
    """The people of a site, in order. What their pictures need is left in *order*; *offered* ones may be taken away."""
    taken = set(IDS)
    return tuple(_person(who, taken, lineup, order, rights, phrases, offered=offered) for who in everybody)


def tag(who: Somebody, taken: set[str]) -> str:
    """What somebody is called in addresses. Adds it to *taken*."""
    return unique(slug(who.facts.get("name") or who.entries[0].photo.stem), taken)


def _person(
    who: Somebody,
    taken: set[str],
    lineup: Lineup,
    order: Order,
    rights: Rights,
    phrases: Phrases | None,
    *,
    offered: bool,
) -> Person:
    said = who.facts.get
    name = said("name", "")
    called = tag(who, taken)
    described = ", ".join(part for part in (name, said("role", "")) if part)
    photos = tuple(
        _photograph(entry, unique(slug(entry.photo.stem), set()), described, i == 0, lineup, order, rights, phrases)
        for i, entry in enumerate(who.entries)
    )
    return Person(
        slug=called,
        url=f"{FOLDER}{called}/" if name else "",
        name=name,
        role=said("role", ""),
        department=said("department", ""),
        pronouns=said("pronouns", ""),
        bio=said("bio", ""),
        email=said("email", ""),
        phone=said("phone", ""),
        links=who.links,
        photo=photos[0] if photos else None,
        photos=photos,
        file=who.entries[0].photo.path if who.entries else "",
        folder=who.folder,
        vcard=f"{FOLDER}{called}.vcf" if name and (said("email") or said("phone") or who.links) else "",
        sources=who.sources,
        downloads=(
            downloads(who.entries[0], f"{FOLDER}{called}/", called, lineup, order, rights)
            if offered and name and who.entries
            else ()
        ),
    )


def _photograph(
    entry: Entry,
    name: str,
    described: str,
    first: bool,
    lineup: Lineup,
    order: Order,
    rights: Rights,
    phrases: Phrases | None,
) -> Photograph:
    mount = Mount(entry, order, rights)
    pictures = {
        slot: mount.cut(lineup.crop(entry.photo.path, format) or mount.directed(format.ratio), layout)
        for slot, format, layout in (FIRST if first else FIRST[:1])
    }
    if first:
        pictures["social"] = mount.social()
    return mount.photograph(name, "", pictures, phrases, person=described)
