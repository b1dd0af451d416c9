"""Which pages of ours a portfolio becomes: one list for the build that writes them and the plan that foretells them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from ..plate import Person, Portfolio


class Leaf(NamedTuple):
    """One page: its file in the site, its template, and what the template sees besides the context."""

    name: str
    template: str
    values: dict[str, Any]


def pages(portfolio: Portfolio) -> Iterator[Leaf]:
    """Every page that *portfolio* itself asks for, in the order in which they are written."""
    yield Leaf("404.html", "404", {})
    if portfolio.galleries:
        yield Leaf("portfolio/index.html", "portfolio", {})
    for gallery in portfolio.galleries:
        yield Leaf(f"{gallery.url}index.html", "gallery", {"gallery": gallery})
        photos = gallery.photos
        for before, photo, after in zip((None, *photos[:-1]), photos, (*photos[1:], None), strict=True):
            values = {"gallery": gallery, "photo": photo, "previous": before, "next": after}
            yield Leaf(f"{photo.url}index.html", "photo", values)
    for person in portfolio.people:
        if person.url:
            yield Leaf(f"{person.url}index.html", "person", {"person": person})


def cards(portfolio: Portfolio) -> list[Person]:
    """Everybody of whom there is a vCard in the site."""
    return [person for person in portfolio.people if person.vcard]
