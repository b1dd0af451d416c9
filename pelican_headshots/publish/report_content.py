"""What a build did or would do: the changes file by file, the report's entries and the summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from ..cache.store import Store
from ..images.plan import RenderPlan
from ..pages import alt_text
from ..people.routing import GalleryFolder
from ..scan import files
from ..values.photo import Photo
from ..values.translations import Translations
from . import changes
from .build_report import BuildReport
from .changes import ChangeSet
from .summary import Summary


def describe_changes(  # noqa: PLR0917 - the build passes variables of these names
    plan: RenderPlan,
    analysis_reasons: Mapping[str, str],
    previous_files: Mapping[str, str],
    rendered_keys: Collection[str],
    placed: Sequence[str],
    removed: Sequence[str],
    *,
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
    path_by_url = {
        url: path for urls in (plan.uncropped_urls, plan.crop_urls) for path, each in urls.items() for url in each
    }
    untagged_urls = {changes.strip_url_tag(url) for url in previous_files}
    return ChangeSet(
        looked=dict(sorted(analysis_reasons.items())),
        encoded={
            url: changes.explain_encoding(url, path_by_url[url], analysis_reasons, previous_files, untagged_urls)
            for url, key in sorted(plan.cache_keys.items())
            if key in rendered_keys
        },
        placed={
            url: changes.REASON_OUTPUT_EMPTIED
            if output_emptied
            else changes.REASON_FILE_ALTERED
            if url in previous_files
            else changes.REASON_NOT_IN_SITE
            for url in sorted(placed)
        },
        removed={
            url: changes.REASON_PAGE_REMOVED
            if not previous_files.get(url)
            else changes.REASON_UNREFERENCED
            if previous_owners.get(url) in existing_photos
            else changes.REASON_PHOTO_REMOVED
            for url in sorted(removed)
        },
    )


def fill_report(  # noqa: PLR0917 - the build passes variables of these names
    report: BuildReport,
    photos: Sequence[Photo],
    folders: Sequence[GalleryFolder],
    scanned_files: Sequence[files.ScannedFile],
    plan: RenderPlan,
    output_folder: Path,
    remarks: Mapping[str, str],
    alt_texts: Mapping[str, str],
    translations: Translations,
) -> None:
    """Add every input that was not skipped to *report*.

    Args:
        report: The report to fill.
        photos: Every photo.
        folders: The classified photos.
        scanned_files: Every file in the photos folder.
        plan: Every rendition of the site.
        output_folder: The site's folder.
        remarks: What could not be done, by path.
        alt_texts: The alternative texts on the pages, by path.
        translations: The language of alternative texts for photos on no page.
    """
    entries = {entry.photo.path: entry for folder in folders for entry in folder.entries}
    for photo in photos:
        entry = entries.get(photo.path)
        if entry is None:
            report.add_ignored(photo.path, f"{files.escape_for_terminal(photo.path)} is hidden by a note.")
            continue
        classification = entry.classification
        report.add_built(
            photo.path,
            [output_folder / name for name in plan.uncropped_urls.get(photo.path, ())],
            kind=classification.kind,
            confidence=classification.confidence,
            unsure=classification.is_unsure,
            why=list(classification.reasons),
            crops=[str(output_folder / name) for name in plan.crop_urls.get(photo.path, ())],
            remark=remarks.get(photo.path, ""),
            wide_gamut=round(photo.record.wide_gamut_share, 3),
            alt=""
            if alt_text.get_written_alt_text(entry.note, photo)
            else alt_texts.get(photo.path) or alt_text.get_alt_text(entry, translations),
        )
    for file in scanned_files:
        if file.ignored_reason:
            report.add_ignored(file.path, f"{files.escape_for_terminal(file.path)}: {file.ignored_reason}.")


def summarize_build(
    report: BuildReport,
    photos: Sequence[Photo],
    folders: Sequence[GalleryFolder],
    plan: RenderPlan,
    store: Store,
) -> Summary:
    """Return the numbers of a build, in which *plan* was carried out."""
    entries = [entry for folder in folders for entry in folder.entries]
    file_stats = (store.renditions.get_stat(plan.cache_keys[url]) for url in report.changes.encoded)
    return Summary(
        built=len(entries),
        kinds=dict(Counter(str(entry.classification.kind) for entry in entries)),
        looked=len(report.changes.looked),
        from_cache=sum(photo.path not in report.changes.looked for photo in photos),
        encoded=len(report.changes.encoded),
        bytes=sum(file_stat.size for file_stat in file_stats if file_stat),
        placed=len(report.changes.placed),
        removed=len(report.changes.removed),
        skipped=report.skipped_count,
        hidden=len(photos) - len(entries),
        unsure=sum(entry.classification.is_unsure for entry in entries),
        without_alt=sum(not alt_text.get_written_alt_text(entry.note, entry.photo) for entry in entries),
    )
