"""People as pages show them."""

from __future__ import annotations

import msgspec

from pelican_headshots.values.portfolio import PersonView


def build_person_view(name: str, **more: object) -> PersonView:
    empty = {field: "" for field in PersonView.__struct_fields__ if field != "downloads"}
    values = (
        empty | {"photo": None, "photos": (), "links": (), "sources": {}, "slug": name.lower(), "name": name} | more
    )
    return msgspec.convert(values, PersonView)
