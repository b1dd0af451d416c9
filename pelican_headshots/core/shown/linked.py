"""What search engines are told: schema.org data, with the licence fields that image search asks for.

Everything here is a plain dict for Jinja's `tojson`, which writes `<`, `>` and `&` so that no text can leave its script.
Addresses are made absolute with *site*, the address of the site without a trailing slash.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..plate import Gallery, Person, Photograph, Portfolio

Node = dict[str, Any]
CONTEXT = "https://schema.org"


def website(site: str, name: str, tagline: str, portfolio: Portfolio) -> Node:
    """The home page."""
    return _root(
        {
            "@type": "WebSite",
            "@id": f"{site}/#site",
            "url": f"{site}/",
            "name": name,
            "description": tagline,
            "hasPart": [
                {"@type": "CollectionPage", "@id": f"{site}/{g.url}", "name": g.title, "url": f"{site}/{g.url}"}
                | ({"image": _file(site, g.cover)} if g.cover else {})
                for g in portfolio.galleries
            ],
        }
    )


def gallery(site: str, shown: Gallery) -> Node:
    """A gallery and every photograph that hangs there."""
    return _root(
        {
            "@type": "ImageGallery",
            "@id": f"{site}/{shown.url}",
            "url": f"{site}/{shown.url}",
            "name": shown.title,
            "description": shown.lede,
            "image": [photograph(site, photo, short=True) for photo in shown.photos],
        }
    )


def photograph(site: str, photo: Photograph, *, short: bool = False) -> Node:
    """One photograph, with who made it and under which terms it may be used. *short* leaves out what its page says."""
    node: Node = {
        "@type": "ImageObject",
        "contentUrl": _file(site, photo),
        "name": photo.title,
        "creator": {"@type": "Person", "name": photo.creator, "url": f"{site}/"} if photo.creator else None,
        "creditText": photo.credit or photo.creator,
        "copyrightNotice": photo.copyright or photo.credit or photo.creator,
        "license": photo.web_statement,
        "acquireLicensePage": photo.licensor_url or photo.web_statement,
    }
    if photo.url:
        node["url"] = f"{site}/{photo.url}"
    if not short:
        largest = photo.pictures.get("view") or next(iter(photo.pictures.values()))
        node |= {
            "@id": f"{site}/{photo.url}",
            "caption": photo.caption or photo.alt,
            "width": largest.width,
            "height": largest.height,
            "dateCreated": photo.date,
            "contentLocation": {"@type": "Place", "name": photo.place} if photo.place else None,
            "keywords": ", ".join(photo.keywords),
        }
    return _said(node)


def photograph_page(site: str, photo: Photograph) -> Node:
    """A photograph's own page."""
    return _root(photograph(site, photo))


def article(
    site: str, url: str, words: Mapping[str, str], authors: Iterable[str], photos: Iterable[Photograph]
) -> Node:
    """An article at *url* with the photographs it shows; *words* are further properties as they are."""
    return _root(
        {
            "@type": "BlogPosting",
            "@id": f"{site}/{url}",
            "url": f"{site}/{url}",
            **words,
            "author": [{"@type": "Person", "name": name, "url": f"{site}/"} for name in authors],
            "image": [photograph(site, photo, short=True) for photo in photos],
        }
    )


def person(site: str, who: Person, page: str) -> Node:
    """Somebody, as their own page or a team page at *page* (an address below *site*) shows them."""
    return _said(
        {
            "@type": "Person",
            "@id": f"{site}/{who.url or page}#{who.slug}",
            "name": who.name or who.role,
            "jobTitle": who.role,
            "description": who.bio,
            "email": who.email,
            "telephone": who.phone,
            "sameAs": [address for _, address in who.links],
            "url": f"{site}/{who.url or page}",
            "image": photograph(site, who.photo, short=True) if who.photo else None,
        }
    )


def profile(site: str, who: Person, page: str) -> Node:
    """A page about one person."""
    return _root({"@type": "ProfilePage", "url": f"{site}/{page}", "mainEntity": person(site, who, page)})


def team(site: str, name: str, people: Iterable[Person], page: str) -> Node:
    """A page about everybody of an organisation called *name*."""
    return _root(
        {
            "@type": "Organization",
            "@id": f"{site}/#organization",
            "name": name,
            "url": f"{site}/",
            "employee": [person(site, who, page) for who in people],
        }
    )


def _file(site: str, photo: Photograph) -> str:
    shown = photo.pictures.get("view") or next(iter(photo.pictures.values()))
    return f"{site}/{shown.src}"


def _root(node: Node) -> Node:
    return {"@context": CONTEXT, **_said(node)}


def _said(node: Node) -> Node:
    """*node* without what nobody said."""
    return {key: value for key, value in node.items() if value not in ("", None, [], ())}
