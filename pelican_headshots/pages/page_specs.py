"""The pages of a portfolio: one list for the build, which writes them, and for `plan`, which only lists them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from ..support.errors import HeadshotsError
from ..values.geometry import Value
from ..values.portfolio import PersonView, Portfolio

T = TypeVar("T")

NOT_FOUND_FILE = "404.html"


class PageConflictError(HeadshotsError):
    """Something else in the site would be written to the same file as one of our pages."""


class PelicanPage(Value, frozen=True):
    """A file that Pelican writes into the site: what it comes from, and how its author can change its path."""

    source: str
    remedy: str
    is_replacement: bool = False
    """Whether it may replace any other page, because its path was set for this page alone (`save_as:`)."""


class PageSpec(NamedTuple):
    """One page: its file in the site, its template, and the template's variables besides the context."""

    save_as: str
    template: str
    values: dict[str, Any]
    subject: str
    """What the page shows, as part of a message."""


def iterate_page_specs(portfolio: Portfolio) -> Iterator[PageSpec]:
    """Yield every page of *portfolio*, in the order in which they are written."""
    yield PageSpec(NOT_FOUND_FILE, "404", {}, "the page for addresses that do not exist")
    if portfolio.galleries:
        yield PageSpec("portfolio/index.html", "portfolio", {}, "the list of all galleries")
    for gallery in portfolio.galleries:
        for previous_page, page, next_page in _iterate_with_neighbors(gallery.pages):
            save_as = f"{gallery.url}index.html" if page.number == 1 else page.url
            page_values = {"gallery": gallery, "gallery_page": page, "previous": previous_page, "next": next_page}
            yield PageSpec(save_as, "gallery", page_values, f"the gallery {gallery.title!r}")
        gallery_pages = [page for page in gallery.pages for _ in page.photos]
        for (before, photo, after), page in zip(_iterate_with_neighbors(gallery.photos), gallery_pages, strict=True):
            values = {"gallery": gallery, "gallery_page": page, "photo": photo, "previous": before, "next": after}
            yield PageSpec(f"{photo.url}index.html", "photo", values, f"the page of the photo {photo.file}")
    for person in portfolio.people:
        if person.url:
            yield PageSpec(f"{person.url}index.html", "person", {"person": person}, f"the page of {person.name}")


def _iterate_with_neighbors(values: Sequence[T]) -> Iterator[tuple[T | None, T, T | None]]:
    """Yield each value with the one before and the one after it; None at the ends."""
    return zip((None, *values), values, (*values[1:], None), strict=False)


def list_people_with_vcard(portfolio: Portfolio) -> list[PersonView]:
    """Return everybody who has a vCard in the site."""
    return [person for person in portfolio.people if person.vcard]


def resolve_page_conflicts(
    portfolio: Portfolio, files: Collection[str], pelican_pages: Mapping[str, PelicanPage]
) -> tuple[tuple[PageSpec, ...], tuple[str, ...]]:
    """Return the pages of *portfolio* to write, and a message about each one that another page replaces.

    Args:
        portfolio: The portfolio.
        files: Our other files in the site.
        pelican_pages: What Pelican writes, by its file in the site.

    Raises:
        PageConflictError: Something that was not meant to replace our page has the same path.
    """
    ours = {page.save_as: page.subject for page in iterate_page_specs(portfolio)}
    ours |= {person.vcard: f"the vCard of {person.name}" for person in list_people_with_vcard(portfolio)}
    ours |= dict.fromkeys(files, "one of our pictures")
    folders = {folder: name for name in ours for folder in _iterate_parent_folders(name)}
    replacement_notices = []
    for name, other in pelican_pages.items():
        if name == NOT_FOUND_FILE:
            continue  # a site's own 404 page replaces ours without a message
        if other.is_replacement and name in ours:
            replacement_notices.append(f"{other.source} is at {name}, in place of {ours[name]}.")
            continue
        clashes = [f"{other.source} and {ours[name]} would both be at {name}."] if name in ours else []
        if name in folders:
            inside = ours[folders[name]]
            clashes.append(f"{other.source} would be the file {name}, but {inside} is in a folder of that name.")
        clashes += [
            f"{other.source} would be in the folder {folder}, but {ours[folder]} is a file of that name."
            for folder in _iterate_parent_folders(name)
            if folder in ours
        ]
        if clashes:
            raise PageConflictError(f"{clashes[0]} {other.remedy}")
    return tuple(page for page in iterate_page_specs(portfolio) if page.save_as not in pelican_pages), tuple(
        replacement_notices
    )


def _iterate_parent_folders(name: str) -> Iterator[str]:
    """Yield the folders that contain the file *name*, innermost first."""
    while name := name.rpartition("/")[0]:
        yield name
