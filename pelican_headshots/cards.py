"""Everybody's vCard, as a file in the site."""

from __future__ import annotations

from .adapters import disk
from .core.plate import Portfolio
from .core.shown import vcard
from .core.shown.pages import cards
from .studio import Studio


def write(studio: Studio, made: Portfolio, organisation: str, site: str) -> list[str]:
    """Put the cards of *made* into the site, with their photographs; the names of the files.

    *site* is the address of the site, which may be empty. Raises DiskTrouble.
    """
    names = []
    for person in cards(made):
        square = person.photo.pictures["square"].src if person.photo else ""
        photo = studio.store.renditions.get(studio.order.files[square]) if square else None
        address = f"{site}/{person.url}" if site.startswith(("http://", "https://")) else ""
        card = vcard.card(person, organisation, address, photo or b"")
        target = studio.output / person.vcard
        if not (target.is_file() and target.read_bytes() == card):
            disk.write(target, card)
        names.append(person.vcard)
    return names
