"""What a build did: the report's entries for each input, and the summary."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import UNSET

from ..cache.store import Store
from ..images.plan import RenderPlan
from ..notes.loader import NOTES_FILE_NAME
from ..pages import alt_text
from ..people.classified_photo import ClassifiedPhoto, Route
from ..people.consents import ConsentCheck
from ..people.people_file import PEOPLE_FILE_NAMES
from ..people.routing import GalleryFolder
from ..scan import files
from ..values.photo import Photo
from ..values.portfolio import Portfolio
from ..values.selection import Choice
from ..values.translations import Translations
from .build_report import BuildReport
from .summary import Summary

_SYSTEM_FILE_NAMES = ("Thumbs.db", "desktop.ini")
STARTER_FILE_NAMES = ("READ-ME.txt", "LIES-MICH.txt", "LISEZ-MOI.txt")
"""Files that `init` writes into the photos folder, in its languages."""


def fill_report(
    report: BuildReport,
    *,
    photos: Sequence[Photo],
    folders: Sequence[GalleryFolder],
    scanned_files: Sequence[files.ScannedFile],
    choices: Mapping[str, Choice],
    without_consent: Mapping[str, str],
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
        choices: Whether each photo is shown, and why, by path.
        without_consent: A sentence for each photo whose consent does not allow it in the site, by path.
        plan: Every rendition of the site.
        output_folder: The site's folder.
        remarks: What could not be done, by path.
        alt_texts: The alternative texts on the pages, by path.
        translations: The language of alternative texts for photos on no page.
    """
    site = os.path.join(output_folder.absolute(), "")
    entries = {entry.photo.path: entry for folder in folders for entry in folder.entries}
    for photo in photos:
        entry = entries.get(photo.path)
        if entry is None:
            reason = without_consent.get(photo.path, f"{photo.path} is hidden by a note.")
            report.add_ignored(photo.path, files.escape_for_terminal(reason))
            continue
        classification = entry.classification
        report.add_built(
            photo.path,
            [f"{site}{name.replace('/', os.sep)}" for name in plan.uncropped_urls.get(photo.path, ())],
            kind=classification.kind,
            confidence=classification.confidence,
            unsure=classification.is_unsure,
            why=list(classification.reasons),
            crops=[f"{site}{name.replace('/', os.sep)}" for name in plan.crop_urls.get(photo.path, ())],
            **(describe_route(entry.route) if entry.route else {}),
            selected=choices.get(photo.path, Choice(True)).reason,
            remark=" ".join(filter(None, (entry.describe_crop_obstacle(), remarks.get(photo.path)))),
            wide_gamut=round(photo.record.wide_gamut_share, 3),
            alt=""
            if alt_text.get_written_alt_text(entry.note, photo)
            else alt_texts.get(photo.path) or alt_text.get_alt_text(entry, translations),
        )
    for path, choice in choices.items():
        if not choice.is_shown:
            report.add_ignored(path, files.escape_for_terminal(f"{path} is not shown: {choice.reason}."))
    for file in scanned_files:
        if file.ignored_reason:
            report.add_ignored(file.path, f"{files.escape_for_terminal(file.path)}: {file.ignored_reason}.")


def describe_route(route: Route) -> dict[str, object]:
    """Return where a photo appears and why, as JSON values."""
    return {"places": list(route.places), "rule": str(route.rule)}


def summarize_build(
    report: BuildReport,
    *,
    photos: Sequence[Photo],
    folders: Sequence[GalleryFolder],
    scanned_files: Sequence[files.ScannedFile],
    choices: Mapping[str, Choice],
    consents: ConsentCheck,
    portfolio: Portfolio,
    plan: RenderPlan,
    store: Store,
) -> Summary:
    """Return the numbers of a build, in which *plan* was carried out."""
    entries = [entry for folder in folders for entry in folder.entries]
    unsure_photos = tuple(entry.photo.path for entry in entries if entry.classification.is_unsure)
    file_stats = (store.renditions.get_stat(plan.cache_keys[url]) for url in report.changes.encoded)
    return Summary(
        built=len(entries),
        kinds=dict(Counter(str(entry.classification.kind) for entry in entries)),
        analyzed=len(report.changes.analyzed),
        unchanged=sum(photo.path not in report.changes.analyzed for photo in photos),
        encoded=len(report.changes.encoded),
        bytes=sum(file_stat.size for file_stat in file_stats if file_stat),
        placed=len(report.changes.placed),
        removed=len(report.changes.removed),
        skipped=report.skipped_count,
        hidden=len(photos) - len(entries) - len(consents.left_out),
        not_selected=sum(not choice.is_shown for choice in choices.values()),
        without_consent=len(consents.left_out),
        consents_ending=len(consents.endings),
        unsure=len(unsure_photos),
        unsure_photos=unsure_photos,
        unnamed_headshots=find_unnamed_headshots(entries, portfolio),
        heads=sum(person.photo is not None for person in portfolio.people),
        head_remarks=tuple(portfolio.head_remarks.values()),
        small_covers=tuple(portfolio.cover_remarks),
        cropped_portraits=sum(bool(entry.route and entry.route.is_cropped_portrait) for entry in entries),
        other_files=tuple(
            file.path
            for file in scanned_files
            if file.ignored_reason == files.NO_PICTURE
            and not file.path.lower().endswith(".xmp")
            and file.name not in (NOTES_FILE_NAME, *PEOPLE_FILE_NAMES, *_SYSTEM_FILE_NAMES, *STARTER_FILE_NAMES)
        ),
        placeholders=len(report.placeholder_lines),
        placeholder_lines=tuple(report.placeholder_lines),
        without_alt=sum(not alt_text.get_written_alt_text(entry.note, entry.photo) for entry in entries),
    )


def find_unnamed_headshots(entries: Sequence[ClassifiedPhoto], portfolio: Portfolio) -> tuple[str, ...]:
    """Return the headshots on team pages that have no name; none if nobody has one, or where a note says `name = ""`."""
    if not any(person.name for person in portfolio.people):
        return ()
    return tuple(
        entry.photo.path
        for entry in entries
        if entry.route and entry.route.is_on_people_pages and not entry.route.has_own_page and entry.note.name is UNSET
    )
