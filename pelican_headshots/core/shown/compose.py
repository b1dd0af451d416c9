"""Folders of judged photographs become the Portfolio: every crop, size and address settled, nothing written yet."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from msgspec.structs import replace

from ..cropped.lineup import ALL_FORMATS, FORMATS, line_up
from ..hung.mood import hue_for
from ..hung.rows import Piece, breathe, hang
from ..hung.sizes import COVER
from ..ordered.order import Order
from ..plate import Gallery, Hang, Photograph, Portfolio
from ..rendition import Rights
from ..routed.curate import Entry, Folder
from ..routed.people import PeopleFile, gather
from ..said.names import composed, slug, unique
from ..shot import Kind
from .mount import Mount
from .phrases import Phrases
from .team import people

ROOT = "portfolio/"

LARGE = COVER[-1].least
"""Pixels in width that a cover should have to fill a laptop's window."""

MAIN = "main"
"""What the theme calls the page's own part, where the skip link leads: no photograph on it may be called so."""

DEEP = 200
"""Letters of a gallery's address. Systems allow 4,096 for a whole path, and some servers far less."""


def portfolio(
    folders: Sequence[Folder],
    order: Order,
    rights: Rights,
    home: str = "",
    people_files: Sequence[PeopleFile] = (),
    phrases: Phrases | None = None,
    *,
    names_from_metadata: bool = False,
    downloads: bool = False,
) -> Portfolio:
    """The portfolio of *folders*. What its pictures need is left in *order*; *rights* hold where a photo has none.

    *home* is the photograph on the home page, relative to the photos folder; without one it is the first gallery's
    second best cover, so that the same picture does not stand twice on one page. *phrases* as in `alt.of`.
    """
    walls = [folder for folder in folders if folder.hung]
    named = (e.photo.path for wall in walls for e in wall.hung if composed(e.photo.path) == composed(home))
    home = next(named, "") or _second(walls, order, rights)
    taken: set[str] = set()
    names = [unique(_slugs(wall.path), taken) for wall in walls]
    galleries = tuple(
        _gallery(wall, name, taken, len(walls), order, rights, phrases, home)
        for wall, name in zip(walls, names, strict=True)
    )
    shown = [photo for gallery in galleries for photo in gallery.photos if photo.file == home]
    shown += [gallery.cover for gallery in galleries if gallery.cover]
    entries = [entry for folder in folders for entry in folder.entries]
    everybody = gather(entries, people_files, names_from_metadata=names_from_metadata)
    lineup = line_up(everybody, ALL_FORMATS if downloads else FORMATS)
    cover = shown[0] if shown else None
    shown_people = people(everybody, lineup, order, rights, phrases, offered=downloads)
    covers = {g.cover.file: said for g in galleries if g.cover and (said := _small(g.cover, g.title))}
    return Portfolio(galleries, shown_people, cover, {**lineup.remarks, **covers})


def _small(cover: Photograph, title: str) -> str:
    """What its photographer should know about *cover*, if it is too small to fill a window."""
    width = cover.pictures["cover"].mounted.get("wide", 0)
    if not width:
        return ""
    return (
        f"{cover.file} is the cover of {title} and only {width} pixels wide, so in wide windows it hangs mounted, not "
        f"enlarged. Export it larger, or name another as cover: {LARGE} pixels across fill most."
    )


def in_prose(
    folders: Sequence[Folder],
    made: Portfolio,
    asked: Collection[str],
    order: Order,
    rights: Rights,
    phrases: Phrases | None = None,
) -> dict[str, Photograph]:
    """The photographs that articles show, by path: *asked*, with their pictures there and the page they hang on."""
    hung = {photo.file: photo for gallery in made.galleries for photo in gallery.photos}
    shown = {}
    for entry in (entry for folder in folders for entry in folder.entries if entry.photo.path in asked):
        mount = Mount(entry, order, rights)
        pictures = mount.in_prose()
        known = hung.get(entry.photo.path)
        tag = slug(entry.photo.stem)
        shown[entry.photo.path] = (
            replace(known, pictures=pictures) if known else mount.photograph(tag, "", pictures, phrases)
        )
    return shown


def _second(walls: Sequence[Folder], order: Order, rights: Rights) -> str:
    if not walls:
        return ""
    first = _cover(walls[0], order, rights)
    few = len(walls[0].hung) < 4
    return (first if few else _cover(walls[0], order, rights, other_than=first)).photo.path


def _slugs(path: str) -> str:
    """The address of a gallery; of a folder that lies very deep only the last parts."""
    parts = [slug(part) for part in path.split("/")] if path else ["photographs"]
    while len(parts) > 1 and sum(map(len, parts)) > DEEP:
        del parts[0]
    return "/".join(parts)


def _gallery(
    folder: Folder,
    name: str,
    taken: set[str],
    cards: int,
    order: Order,
    rights: Rights,
    phrases: Phrases | None,
    home: str,
) -> Gallery:
    """*name* is its address, *taken* those of everything else: a photograph may be called as a folder beside it."""
    wall = _wall(folder)
    places = hang([piece for piece, _, _ in wall])
    cover = _cover(folder, order, rights)
    url = f"{ROOT}{name}/"
    taken.add(f"{name}/{MAIN}")
    photographs: list[Photograph] = []
    hangs: list[Hang] = []
    shown: Photograph | None = None
    for place, (_, entry, words) in zip(places, wall, strict=True):
        photo = None
        if entry:
            mount = Mount(entry, order, rights)
            pictures = mount.on_wall(place)
            if entry is cover or entry.photo.path == home:
                pictures |= mount.as_cover(cards, home=entry.photo.path == home)
            tag = unique(f"{name}/{slug(entry.photo.stem)}", taken).rpartition("/")[2]
            photo = mount.photograph(tag, f"{url}{tag}/", pictures, phrases)
            photographs.append(photo)
            shown = photo if entry is cover else shown
        hangs.append(Hang(photo, words, place.layout, place.shares, place.counts, place.group, place.ratio))
    return Gallery(
        slug=name,
        url=url,
        # The photos folder itself is called in the site's language, unless somebody named it.
        title=folder.title if folder.path or folder.note.title or phrases is None else phrases.say("loose"),
        lede=folder.note.lede,
        mood=folder.note.mood,
        hue=hue_for(folder.note.mood, shown.colours if shown else ()),
        cover=shown,
        hangs=tuple(hangs),
        photos=tuple(photographs),
    )


def _wall(folder: Folder) -> list[tuple[Piece, Entry | None, str]]:
    """What hangs, in order: photographs, and pauses with their words."""
    pieces = [Piece(entry.photo.exam.size.ratio, entry.note.layout) for entry in folder.hung]
    widths = [entry.photo.exam.size.width for entry in folder.hung]
    wall: list[tuple[Piece, Entry | None, str]] = []
    for piece, entry in zip(breathe(pieces, widths), folder.hung, strict=True):
        if entry.note.pause:
            wall.append((Piece(1.0, "pause"), None, entry.note.pause))
        wall.append((piece, entry, ""))
    return wall


def _cover(folder: Folder, order: Order, rights: Rights, other_than: Entry | None = None) -> Entry:
    """The one the photographer named; else one with people in it on which a title can stand, large enough for a window
    or the largest there is; the most landscape of those."""
    named = composed(folder.note.cover) if other_than is None else ""

    def fitness(entry: Entry) -> tuple[bool, bool, bool, int, float]:
        size = entry.photo.exam.size
        with_people = entry.shot.kind != Kind.NO_PERSON
        calm = Mount(entry, order, rights).calm
        return (
            composed(entry.photo.path.rpartition("/")[2]) == named,
            with_people,
            calm,
            min(size.width, LARGE),
            min(size.ratio, 1.6),
        )

    return max((entry for entry in folder.hung if entry is not other_than), key=fitness)
