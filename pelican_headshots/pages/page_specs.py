"""Which pages of ours a portfolio becomes: one list for the build that writes them and the plan that foretells them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from ..support.errors import HeadshotsError
from ..values.geometry import Value
from ..values.portfolio import PersonView, Portfolio

NOT_FOUND_FILE = "404.html"


class PageConflictError(HeadshotsError):
    """Something else in the site would be written to the file of one of our pages."""


class PelicanPage(Value, frozen=True):
    """A file that Pelican writes into the site: what it comes from, and how whoever wrote that can change its address."""

    source: str
    remedy: str
    is_replacement: bool = False
    """Pelican lets it stand in place of any other page: its address was written for this page alone (`save_as:`)."""


class PageSpec(NamedTuple):
    """One page: its file in the site, its template, and what the template sees besides the context."""

    save_as: str
    template: str
    values: dict[str, Any]
    subject: str
    """What is on it, for a sentence."""


def iterate_page_specs(portfolio: Portfolio) -> Iterator[PageSpec]:
    """Every page that *portfolio* itself asks for, in the order in which they are written."""
    yield PageSpec(NOT_FOUND_FILE, "404", {}, "the page for addresses that lead nowhere")
    if portfolio.galleries:
        yield PageSpec("portfolio/index.html", "portfolio", {}, "the list of all galleries")
    for gallery in portfolio.galleries:
        yield PageSpec(f"{gallery.url}index.html", "gallery", {"gallery": gallery}, f"the gallery {gallery.title!r}")
        photos = gallery.photos
        for before, photo, after in zip((None, *photos[:-1]), photos, (*photos[1:], None), strict=True):
            values = {"gallery": gallery, "photo": photo, "previous": before, "next": after}
            yield PageSpec(f"{photo.url}index.html", "photo", values, f"the page of the photograph {photo.file}")
    for person in portfolio.people:
        if person.url:
            yield PageSpec(f"{person.url}index.html", "person", {"person": person}, f"the page of {person.name}")


def list_people_with_vcard(portfolio: Portfolio) -> list[PersonView]:
    """Everybody of whom there is a vCard in the site."""
    return [person for person in portfolio.people if person.vcard]


def resolve_page_conflicts(
    portfolio: Portfolio, files: Collection[str], pelican_pages: Mapping[str, PelicanPage]
) -> tuple[tuple[PageSpec, ...], tuple[str, ...]]:
    """Return the pages of *portfolio* to write, and a sentence about each that is left out for somebody else's.

    Args:
        files: Our other files in the site.
        others: What Pelican writes, by its file in the site.

    Raises:
        PageConflictError: A name is taken by something that was not meant to replace our page.
    """
    ours = {page.save_as: page.subject for page in iterate_page_specs(portfolio)}
    ours |= {person.vcard: f"the card of {person.name}" for person in list_people_with_vcard(portfolio)}
    ours |= {name: "one of our pictures" for name in files}
    folders = {folder: name for name in ours for folder in _iterate_parent_folders(name)}
    replacement_notices = []
    for name, other in pelican_pages.items():
        if name == NOT_FOUND_FILE:
            continue  # one's own page there is what everybody expects to see
        if other.is_replacement and name in ours:
            replacement_notices.append(f"{other.source} is at {name}, in place of {ours[name]}.")
            continue
        clashes = [f"{other.source} and {ours[name]} would both be at {name}."] if name in ours else []
        if name in folders:
            within = ours[folders[name]]
            clashes.append(f"{other.source} would be the file {name}, and {within} lies in a folder of that name.")
        clashes += [
            f"{other.source} would lie in the folder {folder}, and {ours[folder]} is a file of that name."
            for folder in _iterate_parent_folders(name)
            if folder in ours
        ]
        if clashes:
            raise PageConflictError(f"{clashes[0]} {other.remedy}")
    return tuple(page for page in iterate_page_specs(portfolio) if page.save_as not in pelican_pages), tuple(
        replacement_notices
    )


def _iterate_parent_folders(name: str) -> Iterator[str]:
    """The folders around the file *name*."""
    while name := name.rpartition("/")[0]:
        yield name
