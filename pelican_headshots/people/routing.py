"""Classify photos, with the photographer's notes, and decide where each appears: `_decide_routes` has the rules.

The decision is kept in each photo (`ClassifiedPhoto.route`), and everything else reads it there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from ..classify.classifier import classify
from ..layout.photo_order import OrderingTraits, propose_order
from ..notes.index import NoteIndex
from ..support.filenames import humanize_name, make_name_key, parse_name_and_role
from ..values.classification import Classification, PhotoKind
from ..values.geometry import Value
from ..values.notes import GalleryNote, Note, Notes, default_if_unset
from ..values.photo import Photo
from .classified_photo import ClassifiedPhoto, Route, RoutingRule
from .gather import PeopleFile, Person, find_named_paths, gather_people

REASON_FROM_NOTES = "notes.toml says so"


def _allow_every_crop(_photo: Photo) -> str:
    return ""


class RoutingContext(Value, frozen=True):
    """What routing must know besides the photos and their notes."""

    page_queries: tuple[str, ...] = ("",)
    """The `Photos:` of each page that shows people; empty for a page without one."""
    people_files: tuple[PeopleFile, ...] = ()
    names_from_metadata: bool = False
    """The setting `names_from_metadata`."""
    find_crop_obstacle: Callable[[Photo], str] = _allow_every_crop
    """Returns why a photo cannot be cropped to head and shoulders, as the end of a sentence; empty if it can."""
    slug_replacements: dict[str, str] = {}
    """The setting `slug_replacements`."""


class GalleryFolder(Value, frozen=True):
    """A folder of photos, in the order of its gallery."""

    path: str
    note: GalleryNote
    title: str
    entries: tuple[ClassifiedPhoto, ...]
    """All photos in the folder that are not hidden."""
    gallery_entries: tuple[ClassifiedPhoto, ...]
    """Those that appear in the gallery."""


class ClassificationCache(Protocol):
    """Classifications without notes, by digest and headshot bias: saves time where photos are classified repeatedly."""

    def get(self, key: tuple[str, float], /) -> Classification | None:
        """Return the classification for *key*, or None."""

    def __setitem__(self, key: tuple[str, float], classification: Classification, /) -> None: ...


def classify_with_note(
    photo: Photo, note: Note, headshot_bias: float, cache: ClassificationCache | None = None
) -> Classification:
    """Classify a photo, unless its note names the kind. A photo that could not be analyzed counts as a portrait."""
    if photo.record.analysis is None:
        classification = Classification(
            PhotoKind.PORTRAIT, 0.0, True, ("it could not be analyzed, so it appears in its gallery",), None, "normal"
        )
    else:
        key = (photo.digest, headshot_bias)
        cached = cache.get(key) if cache is not None else None
        classification = cached or classify(photo.record.analysis, headshot_bias)
        if cache is not None and not cached:
            cache[key] = classification
    if isinstance(note.kind, UnsetType):
        return classification
    return replace(classification, kind=note.kind, confidence=1.0, is_unsure=False, reasons=(REASON_FROM_NOTES,))


def build_gallery_folders(
    photos: Iterable[Photo],
    notes: Mapping[str, Notes],
    *,
    headshot_bias: float = 0.0,
    headshots_in_galleries: bool = False,
    classification_cache: ClassificationCache | None = None,
    context: RoutingContext = RoutingContext(),
) -> tuple[GalleryFolder, ...]:
    """Return all folders with their photos classified, routed and in order, without hidden photos and folders.

    Args:
        photos: All photos.
        notes: Notes by folder, relative to the photos folder; an empty path is the photos folder itself.
        headshot_bias: The setting `headshot_bias`.
        headshots_in_galleries: Whether headshots also appear in the gallery of their folder.
        classification_cache: Earlier classifications; new ones are added.
        context: What else decides where a photo appears.
    """
    photos = tuple(photos)
    note_index = NoteIndex(notes, photos)
    by_folder: dict[str, list[ClassifiedPhoto]] = {}
    for photo in photos:
        note = note_index.get_note(photo)
        if not note.hidden:
            entry = ClassifiedPhoto(photo, classify_with_note(photo, note, headshot_bias, classification_cache), note)
            by_folder.setdefault(photo.folder, []).append(entry)
    folders = []
    for path, entries in by_folder.items():
        if is_folder_hidden(notes, path):
            continue
        gallery_note = _get_gallery_note(notes, path)
        listed_ranks = note_index.rank_by_gallery_order(path, (entry.photo for entry in entries))
        ordered = tuple(sorted(entries, key=lambda entry: _make_order_key(entry, gallery_note, listed_ranks)))
        if gallery_note.order == "sequence":
            ordered = _propose_order(ordered)
        folders.append(GalleryFolder(path, gallery_note, _make_title(path, gallery_note), ordered, ()))
    return route_photos(sort_gallery_folders(folders), context, headshots_in_galleries=headshots_in_galleries)


def route_photos(
    folders: Sequence[GalleryFolder], context: RoutingContext, *, headshots_in_galleries: bool
) -> tuple[GalleryFolder, ...]:
    """Return *folders* with the route of each photo and the galleries that follow from them.

    It needs all folders of the site, because people may have photos in several. Earlier routes do not count.
    """
    routes = _decide_routes([entry for folder in folders for entry in folder.entries], context)
    routed = []
    for folder in folders:
        entries = []
        for entry in folder.entries:
            route = routes[entry.photo.path]
            if not isinstance(entry.note.gallery, UnsetType):
                route = replace(route, in_gallery=entry.note.gallery)
            elif entry.is_headshot and headshots_in_galleries:
                route = replace(route, in_gallery=True)
            entries.append(replace(entry, route=route))
        gallery_entries = tuple(entry for entry in entries if entry.route and entry.route.in_gallery)
        routed.append(replace(folder, entries=tuple(entries), gallery_entries=gallery_entries))
    return tuple(routed)


def add_parent_folders(folders: Sequence[GalleryFolder], notes: Mapping[str, Notes]) -> tuple[GalleryFolder, ...]:
    """Return *folders* and the folders that contain their galleries, which may have no photos of their own."""
    parent_paths = {
        parent for folder in folders if folder.gallery_entries for parent in list_parent_folders(folder.path)
    }
    added = []
    for path in parent_paths - {folder.path for folder in folders}:
        note = _get_gallery_note(notes, path)
        added.append(GalleryFolder(path, note, _make_title(path, note), (), ()))
    return sort_gallery_folders([*folders, *added])


def list_parent_folders(path: str) -> list[str]:
    """Return the paths of the folders that contain *path*, outermost first, without the photos folder itself."""
    parts = path.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]


def is_folder_hidden(notes: Mapping[str, Notes], path: str) -> bool:
    """Return whether the folder *path* or one that contains it is hidden."""
    return any(_get_gallery_note(notes, each).hidden for each in (*list_parent_folders(path), path))


def _get_gallery_note(notes: Mapping[str, Notes], path: str) -> GalleryNote:
    return notes.get(path, Notes()).gallery


def _make_title(path: str, note: GalleryNote) -> str:
    return note.title or humanize_name(path.rpartition("/")[2]) or "Photos"


def sort_gallery_folders(folders: Iterable[GalleryFolder]) -> tuple[GalleryFolder, ...]:
    """Sort folders as on the site: by position, then by name."""
    return tuple(sorted(folders, key=lambda folder: (folder.note.position, make_natural_sort_key(folder.path))))


def split_query(query: str) -> list[str]:
    """Return the parts of a page's `Photos:`."""
    return [part for part in (each.strip().strip("/") for each in query.split(",")) if part]


class NamedPerson(Protocol):
    """What `Photos:` may select a person by."""

    @property
    def slug(self) -> str:
        """The name in URLs."""

    @property
    def name(self) -> str:
        """The full name, or empty."""

    @property
    def department(self) -> str:
        """The department, or empty."""

    @property
    def file(self) -> str:
        """The path of the headshot, relative to the photos folder, or empty."""

    @property
    def folder(self) -> str:
        """The folder of the headshot, relative to the photos folder."""


def is_selected(person: NamedPerson, part: str) -> bool:
    """Return whether one part of a page's `Photos:` selects *person*: a folder, a file, a department, a name or a slug."""
    return (
        part == person.slug
        or _is_in_path(person.file, person.folder, part)
        or (bool(person.department) and person.department.casefold() == part.casefold())
        or (bool(person.name) and make_name_key(person.name) == make_name_key(part))
    )


AnyPerson = TypeVar("AnyPerson", bound=NamedPerson)


def select_people_outside_folders(people: Iterable[AnyPerson], page_queries: Collection[str]) -> tuple[AnyPerson, ...]:
    """Return the people directly in the photos folder, if every page has a `Photos:` and none of these selects anybody.

    So whoever puts photos straight into the photos folder finds them on a page with `Photos: team`.
    """
    people, parts_by_query = tuple(people), [split_query(query) for query in page_queries]
    parts = [part for each in parts_by_query for part in each]
    if not all(parts_by_query) or any(is_selected(person, part) for person in people for part in parts):
        return ()
    return tuple(person for person in people if not person.folder) if parts else ()


def _is_in_path(file: str, folder: str, part: str) -> bool:
    return part in (file, folder) or folder.startswith(f"{part}/")


def _decide_routes(entries: Sequence[ClassifiedPhoto], context: RoutingContext) -> dict[str, Route]:
    """Return where each photo appears, by its path. `docs/people.md` has the same rules in words."""
    parts = [part for query in context.page_queries for part in split_query(query)]
    has_open_page = any(not split_query(query) for query in context.page_queries)
    headshot_folders = _find_headshot_folders(entries)
    obstacles: dict[str, str] = {}
    """Portraits of somebody who may be missed on people's pages: path → what keeps them from being cropped."""
    named_paths = find_named_paths(entries, context.people_files)
    named_portraits = set()
    for entry in (entry for entry in entries if entry.classification.kind == PhotoKind.PORTRAIT):
        photo = entry.photo
        is_requested = any(_is_in_path(photo.path, photo.folder, part) for part in parts)
        has_name = photo.path in named_paths or (
            photo.folder in headshot_folders and bool(parse_name_and_role(photo.stem)[0])
        )
        if (has_name or is_requested) and _may_show_one_person(photo):
            obstacles[photo.path] = context.find_crop_obstacle(photo)
        if has_name:
            named_portraits.add(photo.path)

    stand_in = Route(RoutingRule.REQUESTED_PORTRAIT, is_for_people=True)
    people = gather_people(
        [replace(entry, route=stand_in if obstacles.get(entry.photo.path) == "" else None) for entry in entries],
        context.people_files,
        names_from_metadata=context.names_from_metadata,
        slug_replacements=context.slug_replacements,
    )
    person_by_path = {entry.photo.path: person for person in people for entry in person.entries}
    selected = {path for path, person in person_by_path.items() if any(is_selected(person, part) for part in parts)}
    for person in select_people_outside_folders(people, context.page_queries):
        selected |= {entry.photo.path for entry in person.entries}

    def decide(entry: ClassifiedPhoto) -> Route:
        path, folder = entry.photo.path, entry.photo.folder
        if entry.is_headshot:
            return _route_headshot(
                entry.photo,
                person_by_path[path],
                is_requested=path in selected,
                has_open_page=has_open_page,
                headshot_folders=headshot_folders,
            )
        if path in person_by_path:
            is_listed = path in named_portraits
            obstacle = obstacles.get(path, context.find_crop_obstacle(entry.photo))
            is_team_photo = folder in headshot_folders and (path in selected or (is_listed and has_open_page))
            return Route(
                RoutingRule.NAMED_PORTRAIT if is_listed else RoutingRule.REQUESTED_PORTRAIT,
                is_for_people=True,
                is_listed=is_listed,
                in_gallery=not is_team_photo or bool(obstacle),
                crop_obstacle=obstacle,
                has_own_page=bool(person_by_path[path].name),
            )
        if entry.classification.kind == PhotoKind.PORTRAIT:
            return Route(RoutingRule.PORTRAIT, crop_obstacle=obstacles.get(path, ""))
        return Route(RoutingRule.NO_PERSON)

    routes = {entry.photo.path: decide(entry) for entry in entries}
    is_nobody_listed = all(person.entries for person in people) and not any(
        route.is_listed for route in routes.values()
    )
    if has_open_page and is_nobody_listed:
        routes |= {
            path: replace(route, rule=RoutingRule.HEADSHOT_FOR_EMPTY_PAGE, is_for_people=True, is_listed=True)
            for path, route in routes.items()
            if route.rule == RoutingRule.HEADSHOT_AMONG_OTHERS
        }
    return routes


def _route_headshot(
    photo: Photo, person: Person, *, is_requested: bool, has_open_page: bool, headshot_folders: Collection[str]
) -> Route:
    if person.name:
        rule = RoutingRule.NAMED_HEADSHOT
    elif photo.folder in headshot_folders:
        rule = RoutingRule.HEADSHOT_AMONG_HEADSHOTS
    elif not photo.folder:
        rule = RoutingRule.HEADSHOT_OUTSIDE_FOLDERS
    elif is_requested:
        return Route(RoutingRule.REQUESTED_HEADSHOT, is_for_people=True, in_gallery=False, has_own_page=False)
    else:
        return Route(RoutingRule.HEADSHOT_AMONG_OTHERS, has_own_page=False)
    has_own_page = bool(person.name)
    if has_open_page or is_requested:
        return Route(rule, is_for_people=True, is_listed=True, in_gallery=False, has_own_page=has_own_page)
    return Route(RoutingRule.HEADSHOT_ON_NO_PAGE, is_for_people=True, is_listed=True, has_own_page=has_own_page)


def _find_headshot_folders(entries: Iterable[ClassifiedPhoto]) -> set[str]:
    """Return the folders in which more than half of the photos are headshots."""
    votes: dict[str, list[bool]] = {}
    for entry in entries:
        votes.setdefault(entry.photo.folder, []).append(entry.is_headshot)
    return {folder for folder, each in votes.items() if sum(each) * 2 > len(each)}


def _may_show_one_person(photo: Photo) -> bool:
    return photo.record.analysis is not None and len(photo.record.analysis.faces) <= 1


def _make_order_key(
    entry: ClassifiedPhoto, gallery_note: GalleryNote, listed_ranks: Mapping[str, int]
) -> tuple[object, ...]:
    name = entry.photo.path.rpartition("/")[2]
    if isinstance(gallery_note.order, tuple):
        return (listed_ranks.get(entry.photo.digest, len(gallery_note.order)), make_natural_sort_key(name))
    rank = float("inf") if entry.note.order is UNSET else entry.note.order
    date = (
        (default_if_unset(entry.note.date, entry.photo.record.metadata.date) or "9999")
        if gallery_note.order == "date"
        else ""
    )
    rating = -entry.photo.record.decisions.rating if gallery_note.order == "rating" else 0
    return (rank, date, rating, make_natural_sort_key(name))


def _propose_order(entries: tuple[ClassifiedPhoto, ...]) -> tuple[ClassifiedPhoto, ...]:
    """Order photos by tone, shot scale and gaze, after those with an `order` of their own."""
    with_order = [entry for entry in entries if entry.note.order is not UNSET]
    without_order = [entry for entry in entries if entry.note.order is UNSET]
    traits = []
    for entry in without_order:
        faces = entry.photo.record.analysis.faces if entry.photo.record.analysis else ()
        traits.append(
            OrderingTraits(
                entry.photo.record.colors, entry.classification.shot_scale or "", faces[0].yaw if faces else 0.0
            )
        )
    return (*with_order, *(without_order[i] for i in propose_order(traits)))


def make_natural_sort_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """Return a sort key that puts `photo 2` before `photo 10`."""
    parts = re.findall(r"\d+|\D+", name)
    return tuple(
        (0, int(part), "") if part.isdecimal() and part.isascii() else (1, 0, part.casefold()) for part in parts
    )
