"""What a build does to files, and why: foretold by `plan`, told by the build report, in the same words."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from ..geometry import Value

_TAG = re.compile(r"-[0-9a-f]{10}(?=-\d+(?:-p3)?\.\w+$)")
"""What `Order` puts between a photograph's name and a width."""

NEW = "a new photograph"
CHANGED = "its contents changed since the last build"
OTHER_EYES = "its sidecar, the models or MediaPipe changed since it was looked at"

NOT_YET = "this site's first build"
OTHER_SIZE = "a size that no page asked for before"
OTHER_RECIPE = "its crop, quality, rights or the encoder changed"
LOST = "it is no longer in the cache"

MISSING = "not in the site yet"
EMPTIED = "the site's folder is emptied first"
TOUCHED = "the site's file is not what was put there"

GONE = "its photograph has gone"
UNNAMED = "no page asks for it any more"
NO_PAGE = "what it showed has gone"


class Work(Value, frozen=True):
    """Each maps a file to the reason in words.

    *looked* holds photographs (relative to the photos folder); the others hold files of the site (relative to it):
    *encoded* those that must be made, *placed* those that are copied or linked into it, *removed* those that go.
    """

    looked: dict[str, str] = {}
    encoded: dict[str, str] = {}
    placed: dict[str, str] = {}
    removed: dict[str, str] = {}

    @property
    def nothing(self) -> bool:
        return not (self.looked or self.encoded or self.placed or self.removed)


def why_encoded(
    url: str, photo: str, looked: Mapping[str, str], former: Collection[str], recipes: Collection[str]
) -> str:
    """Why the file *url* of *photo* must be made.

    *former* are the site's files after the last build, *recipes* those names without their recipe.
    """
    if photo in looked:
        return looked[photo]
    if not former:
        return NOT_YET
    if url in former:
        return LOST
    return OTHER_RECIPE if without_recipe(url) in recipes else OTHER_SIZE


def without_recipe(url: str) -> str:
    """`pictures/jane-doe-0123456789-640.avif` → `pictures/jane-doe-640.avif`."""
    return _TAG.sub("", url)
