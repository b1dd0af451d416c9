"""What a build does to files, and why: foretold by `plan`, told by the build report, in the same words."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from ..values.geometry import Value

_URL_TAG = re.compile(r"-[0-9a-f]{10}(?=-\d+(?:-p3)?\.\w+$)")
"""What `Order` puts between a photograph's name and a width."""

REASON_NEW_PHOTO = "a new photograph"
REASON_CONTENTS_CHANGED = "its contents changed since the last build"
REASON_ANALYSIS_CHANGED = "its sidecar, the models or MediaPipe changed since it was looked at"

REASON_FIRST_BUILD = "this site's first build"
REASON_NEW_SIZE = "a size that no page asked for before"
REASON_OPTIONS_CHANGED = "its crop, quality, rights or the encoder changed"
REASON_NOT_CACHED = "it is no longer in the cache"

REASON_NOT_IN_SITE = "not in the site yet"
REASON_OUTPUT_EMPTIED = "the site's folder is emptied first"
REASON_FILE_ALTERED = "the site's file is not what was put there"

REASON_PHOTO_REMOVED = "its photograph has gone"
REASON_UNREFERENCED = "no page asks for it any more"
REASON_PAGE_REMOVED = "what it showed has gone"


class ChangeSet(Value, frozen=True):
    """Each maps a file to the reason in words.

    *looked* holds photographs (relative to the photos folder); the others hold files of the site (relative to it):
    *encoded* those that must be made, *placed* those that are copied or linked into it, *removed* those that go.
    """

    looked: dict[str, str] = {}
    encoded: dict[str, str] = {}
    placed: dict[str, str] = {}
    removed: dict[str, str] = {}

    @property
    def is_empty(self) -> bool:
        return not (self.looked or self.encoded or self.placed or self.removed)


def explain_encoding(
    url: str,
    photo_path: str,
    analysis_reasons: Mapping[str, str],
    previous_urls: Collection[str],
    untagged_urls: Collection[str],
) -> str:
    """Why the file *url* of *photo* must be made.

    *former* are the site's files after the last build, *recipes* those names without their recipe.
    """
    if photo_path in analysis_reasons:
        return analysis_reasons[photo_path]
    if not previous_urls:
        return REASON_FIRST_BUILD
    if url in previous_urls:
        return REASON_NOT_CACHED
    return REASON_OPTIONS_CHANGED if strip_url_tag(url) in untagged_urls else REASON_NEW_SIZE


def strip_url_tag(url: str) -> str:
    """`pictures/jane-doe-0123456789-640.avif` → `pictures/jane-doe-640.avif`."""
    return _URL_TAG.sub("", url)
