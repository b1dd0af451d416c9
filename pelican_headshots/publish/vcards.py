"""Everybody's vCard, as a file in the site."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ..cache.store import RenditionCache
from ..pages import vcard
from ..pages.page_specs import list_people_with_vcard
from ..support import atomic_files
from ..values.portfolio import Portfolio


def write_vcards(
    portfolio: Portfolio,
    organization: str,
    site_url: str,
    output_folder: Path,
    renditions: RenditionCache,
    cache_keys: Mapping[str, str],
) -> list[str]:
    """Write the vCards of *portfolio*, with their photos, into *output_folder*, and return their names.

    *site_url* may be empty. *cache_keys* maps the addresses of pictures in the site to the keys of *renditions*.
    Raises DiskError.
    """
    names = []
    for person in list_people_with_vcard(portfolio):
        square_url = person.photo.pictures["square"].src if person.photo else ""
        photo = renditions.get(cache_keys[square_url]) if square_url else None
        address = f"{site_url}/{person.url}" if site_url.startswith(("http://", "https://")) else ""
        card = vcard.build_vcard(person, organization, address, photo or b"")
        target = output_folder / person.vcard
        if not (target.is_file() and target.read_bytes() == card):
            atomic_files.write(target, card)
        names.append(person.vcard)
    return names
