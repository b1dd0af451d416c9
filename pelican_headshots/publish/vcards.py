"""Everybody's vCard, as a file in the site."""

from __future__ import annotations

from ..pages import vcard
from ..pages.page_specs import list_people_with_vcard
from ..pipeline.site_build import SiteBuild
from ..support import atomic_files
from ..values.portfolio import Portfolio


def write_vcards(site_build: SiteBuild, portfolio: Portfolio, organization: str, site_url: str) -> list[str]:
    """Put the cards of *made* into the site, with their photographs; the names of the files.

    *site* is the address of the site, which may be empty. Raises DiskTrouble.
    """
    names = []
    for person in list_people_with_vcard(portfolio):
        square_url = person.photo.pictures["square"].src if person.photo else ""
        photo = site_build.store.renditions.get(site_build.render_plan.cache_keys[square_url]) if square_url else None
        address = f"{site_url}/{person.url}" if site_url.startswith(("http://", "https://")) else ""
        card = vcard.build_vcard(person, organization, address, photo or b"")
        target = site_build.output_folder / person.vcard
        if not (target.is_file() and target.read_bytes() == card):
            atomic_files.write(target, card)
        names.append(person.vcard)
    return names
