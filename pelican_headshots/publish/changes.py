"""What a build does to files and why, in the same words for `plan` (before a build) and the build report (after it)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from ..images.plan import RenderPlan
from ..values.geometry import Value

_URL_TAG = re.compile(r"-[0-9a-f]{10}(?=-\d+(?:-p3)?\.\w+$)")
"""What `RenderPlan` puts between a photo's name and a width."""

REASON_NEW_PHOTO = "a new photo"
REASON_CONTENTS_CHANGED = "its contents changed since the last build"
REASON_ANALYSIS_CHANGED = "the analysis, its models or a limit changed since it was analyzed"

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

    *analyzed* holds the photos that are analyzed (relative to the photos folder). The others hold files of the site
    (relative to its folder): *encoded* those that must be encoded, *placed* those that are linked or copied into the
    site, *removed* those that are deleted from it.
    """

    analyzed: dict[str, str] = {}
    encoded: dict[str, str] = {}
    placed: dict[str, str] = {}
    removed: dict[str, str] = {}

    @property
    def is_empty(self) -> bool:
        """Whether the build changes nothing."""
        return not (self.analyzed or self.encoded or self.placed or self.removed)


def describe_changes(
    plan: RenderPlan,
    *,
    analysis_reasons: Mapping[str, str],
    previous_files: Mapping[str, str],
    rendered_keys: Collection[str],
    placed: Sequence[str],
    removed: Sequence[str],
    existing_photos: Collection[str],
    previous_owners: Mapping[str, str],
    output_emptied: bool = False,
) -> ChangeSet:
    """Return the changes of a build with their reasons.

    Args:
        plan: Every rendition of the site.
        analysis_reasons: Why each photo is analyzed again, by path.
        previous_files: The site's files after the last build: name → cache key.
        rendered_keys: Cache keys of the renditions that must be encoded.
        placed: Files of the site that are put there.
        removed: Files of the site that are deleted.
        existing_photos: Paths in the photos folder now.
        previous_owners: Photo of each file of the site, after the last build.
        output_emptied: Whether Pelican empties the site's folder first.
    """
    encoded_urls = {url for url, key in plan.cache_keys.items() if key in rendered_keys}
    path_by_url = {
        url: path
        for urls in (plan.uncropped_urls, plan.crop_urls)
        for path, each in urls.items()
        for url in each
        if url in encoded_urls
    }
    # In a site of 10,000 photos this takes 10 MB, at the peak of the build.
    untagged_urls = {strip_url_tag(url) for url in previous_files} if encoded_urls else set()
    return ChangeSet(
        analyzed=dict(sorted(analysis_reasons.items())),
        encoded={
            url: explain_encoding(url, path_by_url[url], analysis_reasons, previous_files, untagged_urls)
            for url in sorted(encoded_urls)
        },
        placed={
            url: REASON_OUTPUT_EMPTIED
            if output_emptied
            else REASON_FILE_ALTERED
            if url in previous_files
            else REASON_NOT_IN_SITE
            for url in sorted(placed)
        },
        removed={
            url: REASON_PAGE_REMOVED
            if not previous_files.get(url)
            else REASON_UNREFERENCED
            if previous_owners.get(url) in existing_photos
            else REASON_PHOTO_REMOVED
            for url in sorted(removed)
        },
    )


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
