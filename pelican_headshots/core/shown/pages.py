"""Which pages of ours a portfolio becomes: one list for the build that writes them and the plan that foretells them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from ..geometry import Value
from ..plate import Person, Portfolio
from ..trouble import Trouble

NOT_FOUND = "404.html"


class PageConflictError(Trouble):
    """Something else in the site would be written to the file of one of our pages."""


class OtherPage(Value, frozen=True):
    """A file that Pelican writes into the site: what it comes from, and how whoever wrote that can change its address."""

    source: str
    remedy: str
    replaces: bool = False
    """Pelican lets it stand in place of any other page: its address was written for this page alone (`save_as:`)."""


class Leaf(NamedTuple):
    """One page: its file in the site, its template, and what the template sees besides the context."""

    name: str
    template: str
    values: dict[str, Any]
    subject: str
    """What is on it, for a sentence."""


def pages(portfolio: Portfolio) -> Iterator[Leaf]:
    """Every page that *portfolio* itself asks for, in the order in which they are written."""
    yield Leaf(NOT_FOUND, "404", {}, "the page for addresses that lead nowhere")
    if portfolio.galleries:
        yield Leaf("portfolio/index.html", "portfolio", {}, "the list of all galleries")
    for gallery in portfolio.galleries:
        yield Leaf(f"{gallery.url}index.html", "gallery", {"gallery": gallery}, f"the gallery {gallery.title!r}")
        photos = gallery.photos
        for before, photo, after in zip((None, *photos[:-1]), photos, (*photos[1:], None), strict=True):
            values = {"gallery": gallery, "photo": photo, "previous": before, "next": after}
            yield Leaf(f"{photo.url}index.html", "photo", values, f"the page of the photograph {photo.file}")
    for person in portfolio.people:
        if person.url:
            yield Leaf(f"{person.url}index.html", "person", {"person": person}, f"the page of {person.name}")


def cards(portfolio: Portfolio) -> list[Person]:
    """Everybody of whom there is a vCard in the site."""
    return [person for person in portfolio.people if person.vcard]


def settle(
    portfolio: Portfolio, files: Collection[str], others: Mapping[str, OtherPage]
) -> tuple[tuple[Leaf, ...], tuple[str, ...]]:
    """Return the pages of *portfolio* to write, and a sentence about each that is left out for somebody else's.

    Args:
        files: Our other files in the site.
        others: What Pelican writes, by its file in the site.

    Raises:
        PageConflictError: A name is taken by something that was not meant to replace our page.
    """
    ours = {page.name: page.subject for page in pages(portfolio)}
    ours |= {person.vcard: f"the card of {person.name}" for person in cards(portfolio)}
    ours |= {name: "one of our pictures" for name in files}
    folders = {folder: name for name in ours for folder in _folders(name)}
    replaced = []
    for name, other in others.items():
        if name == NOT_FOUND:
            continue  # one's own page there is what everybody expects to see
        if other.replaces and name in ours:
            replaced.append(f"{other.source} is at {name}, in place of {ours[name]}.")
            continue
        clashes = [f"{other.source} and {ours[name]} would both be at {name}."] if name in ours else []
        if name in folders:
            within = ours[folders[name]]
            clashes.append(f"{other.source} would be the file {name}, and {within} lies in a folder of that name.")
        clashes += [
            f"{other.source} would lie in the folder {folder}, and {ours[folder]} is a file of that name."
            for folder in _folders(name)
            if folder in ours
        ]
        if clashes:
            raise PageConflictError(f"{clashes[0]} {other.remedy}")
    return tuple(page for page in pages(portfolio) if page.name not in others), tuple(replaced)


def _folders(name: str) -> Iterator[str]:
    """The folders around the file *name*."""
    while name := name.rpartition("/")[0]:
        yield name
