"""Write the vCards of people into the site."""

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
    output_folder: Path,
    *,
    organization: str,
    site_url: str,
    renditions: RenditionCache,
    cache_keys: Mapping[str, str],
) -> list[str]:
    """Write the vCards of *portfolio* with their photos, and return their file names.

    Args:
        portfolio: The people.
        output_folder: The site's folder.
        organization: The name of their organization.
        site_url: The URL of the site; may be empty.
        renditions: Holds the photos.
        cache_keys: Cache key of each picture in the site, by its URL.

    Raises:
        DiskError: A file cannot be written.
    """
    names = []
    for person in list_people_with_vcard(portfolio):
        square_url = person.photo.pictures["square"].src if person.photo else ""
        photo = renditions.get(cache_keys[square_url]) if square_url else None
        page_url = f"{site_url}/{person.url}" if site_url.startswith(("http://", "https://")) else ""
        card = vcard.build_vcard(person, organization, page_url, photo or b"")
        target = output_folder / person.vcard
        if not (target.is_file() and target.read_bytes() == card):
            atomic_files.write(target, card)
        names.append(person.vcard)
    return names
