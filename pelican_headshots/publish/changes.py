"""What a build does to files and why, in the same words for `plan` (before a build) and the build report (after it)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from ..values.geometry import Value

_URL_TAG = re.compile(r"-[0-9a-f]{10}(?=-\d+(?:-p3)?\.\w+$)")
"""What `RenderPlan` puts between a photo's name and a width."""

REASON_NEW_PHOTO = "a new photo"
REASON_CONTENTS_CHANGED = "its contents changed since the last build"
REASON_ANALYSIS_CHANGED = "its sidecar, the models or MediaPipe changed since it was analyzed"

REASON_FIRST_BUILD = "this site's first build"
REASON_NEW_SIZE = "a size that no page used before"
REASON_OPTIONS_CHANGED = "its crop, quality, rights or the encoder changed"
REASON_NOT_CACHED = "it is no longer in the cache"

REASON_NOT_IN_SITE = "not in the site yet"
REASON_OUTPUT_EMPTIED = "the site's folder is emptied first"
REASON_FILE_ALTERED = "the file in the site is missing or was changed"

REASON_PHOTO_REMOVED = "its photo was removed"
REASON_UNREFERENCED = "no page uses it any more"
REASON_PAGE_REMOVED = "what it showed was removed"


class ChangeSet(Value, frozen=True):
    """The changes of one build. Each field maps a path to the reason in words.

    *looked* holds the photos that are analyzed (relative to the photos folder). The others hold files of the site
    (relative to its folder): *encoded* those that must be encoded, *placed* those that are linked or copied into the
    site, *removed* those that are deleted from it.
    """

    looked: dict[str, str] = {}
    encoded: dict[str, str] = {}
    placed: dict[str, str] = {}
    removed: dict[str, str] = {}

    @property
    def is_empty(self) -> bool:
        """Whether the build changes nothing."""
        return not (self.looked or self.encoded or self.placed or self.removed)


def explain_encoding(
    url: str,
    photo_path: str,
    analysis_reasons: Mapping[str, str],
    previous_urls: Collection[str],
    untagged_urls: Collection[str],
) -> str:
    """Return why the file *url* must be encoded.

    Args:
        url: The file, relative to the site's folder.
        photo_path: Its photo.
        analysis_reasons: Why each photo is analyzed again, by path.
        previous_urls: The site's files after the last build.
        untagged_urls: The same names from `strip_url_tag`.
    """
    if photo_path in analysis_reasons:
        return analysis_reasons[photo_path]
    if not previous_urls:
        return REASON_FIRST_BUILD
    if url in previous_urls:
        return REASON_NOT_CACHED
    return REASON_OPTIONS_CHANGED if strip_url_tag(url) in untagged_urls else REASON_NEW_SIZE


def strip_url_tag(url: str) -> str:
    """Remove the cache tag: `pictures/jane-doe-0123456789-640.avif` becomes `pictures/jane-doe-640.avif`."""
    return _URL_TAG.sub("", url)
