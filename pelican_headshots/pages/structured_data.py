"""Structured data (schema.org) for search engines, with the license fields that image search reads.

Each function returns a plain dict for Jinja's `tojson`, which escapes `<`, `>` and `&`, so that no text can end its
script element. URLs are made absolute with *site_url*, which has no trailing slash.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..values.portfolio import Gallery, GalleryPage, PersonView, PhotoView, Portfolio

JsonLdNode = dict[str, Any]
SCHEMA_ORG_CONTEXT = "https://schema.org"


def describe_website(site_url: str, name: str, tagline: str, portfolio: Portfolio) -> JsonLdNode:
    """Describe the home page."""
    return _add_context(
        {
            "@type": "WebSite",
            "@id": f"{site_url}/#site",
            "url": f"{site_url}/",
            "name": name,
            "description": tagline,
            "hasPart": [
                {"@type": "CollectionPage", "@id": f"{site_url}/{g.url}", "name": g.title, "url": f"{site_url}/{g.url}"}
                | ({"image": _build_image_url(site_url, g.cover)} if g.cover else {})
                for g in portfolio.galleries
            ],
        }
    )


def describe_gallery(site_url: str, gallery_view: Gallery, page: GalleryPage) -> JsonLdNode:
    """Describe a gallery and the photos on one page of it."""
    return _add_context(
        {
            "@type": "ImageGallery",
            "@id": f"{site_url}/{page.url}",
            "url": f"{site_url}/{page.url}",
            "name": gallery_view.title,
            "description": gallery_view.intro if page.number == 1 else "",
            "image": [describe_photo(site_url, photo, short=True) for photo in page.photos],
        }
    )


def describe_photo(site_url: str, photo: PhotoView, *, short: bool = False) -> JsonLdNode:
    """Describe a photo, with its creator and license. *short* leaves out what only its own page says."""
    node: JsonLdNode = {
        "@type": "ImageObject",
        "contentUrl": _build_image_url(site_url, photo),
        "name": photo.title,
        "creator": {"@type": "Person", "name": photo.creator, "url": f"{site_url}/"} if photo.creator else None,
        "creditText": photo.credit or photo.creator,
        "copyrightNotice": photo.copyright or photo.credit or photo.creator,
        "license": photo.web_statement,
        "acquireLicensePage": photo.licensor_url or photo.web_statement,
    }
    if photo.url:
        node["url"] = f"{site_url}/{photo.url}"
    if not short:
        largest = photo.pictures.get("view") or next(iter(photo.pictures.values()))
        node |= {
            "@id": f"{site_url}/{photo.url}",
            "caption": photo.caption or photo.written_alt,
            "width": largest.width,
            "height": largest.height,
            "dateCreated": photo.date,
            "contentLocation": {"@type": "Place", "name": photo.place} if photo.place else None,
            "keywords": ", ".join(photo.keywords),
        }
    return _drop_empty(node)


def describe_photo_page(site_url: str, photo: PhotoView) -> JsonLdNode:
    """Describe a photo's own page."""
    return _add_context(describe_photo(site_url, photo))


def describe_article(
    site_url: str, url: str, properties: Mapping[str, str], authors: Iterable[str], photos: Iterable[PhotoView]
) -> JsonLdNode:
    """Describe an article at *url* with its photos; *properties* are further schema.org properties."""
    return _add_context(
        {
            "@type": "BlogPosting",
            "@id": f"{site_url}/{url}",
            "url": f"{site_url}/{url}",
            **properties,
            "author": [{"@type": "Person", "name": name, "url": f"{site_url}/"} for name in authors],
            "image": [describe_photo(site_url, photo, short=True) for photo in photos],
        }
    )


def describe_person(site_url: str, person: PersonView, page: str) -> JsonLdNode:
    """Describe a person; *page* is the URL of the page that shows them, relative to *site_url*."""
    return _drop_empty(
        {
            "@type": "Person",
            "@id": f"{site_url}/{person.url or page}#{person.slug}",
            "name": person.name or person.role,
            "jobTitle": person.role,
            "description": person.bio,
            "email": person.email,
            "telephone": person.phone,
            "sameAs": [address for _, address in person.links],
            "url": f"{site_url}/{person.url or page}",
            "image": describe_photo(site_url, person.photo, short=True) if person.photo else None,
        }
    )


def describe_profile(site_url: str, person: PersonView, page: str) -> JsonLdNode:
    """Describe a page about one person."""
    return _add_context(
        {"@type": "ProfilePage", "url": f"{site_url}/{page}", "mainEntity": describe_person(site_url, person, page)}
    )


def describe_team(site_url: str, name: str, people: Iterable[PersonView], page: str) -> JsonLdNode:
    """Describe a page about the people of an organisation called *name*."""
    return _add_context(
        {
            "@type": "Organization",
            "@id": f"{site_url}/#organization",
            "name": name,
            "url": f"{site_url}/",
            "employee": [describe_person(site_url, person, page) for person in people],
        }
    )


def _build_image_url(site_url: str, photo: PhotoView) -> str:
    picture = photo.pictures.get("view") or next(iter(photo.pictures.values()))
    return f"{site_url}/{picture.src}"


def _add_context(node: JsonLdNode) -> JsonLdNode:
    return {"@context": SCHEMA_ORG_CONTEXT, **_drop_empty(node)}


def _drop_empty(node: JsonLdNode) -> JsonLdNode:
    """Return *node* without empty values."""
    return {key: value for key, value in node.items() if value not in ("", None, [], ())}
