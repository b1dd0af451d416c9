"""What a build did or would do, told: the work file by file, the report's entries, the summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from .adapters.cache.store import Store
from .adapters.originals import files
from .adapters.site.report import Report
from .core.ordered import work
from .core.ordered.order import Order
from .core.ordered.work import Work
from .core.photo import Photo
from .core.routed.curate import Folder
from .core.shown import alt
from .core.shown.phrases import Phrases
from .core.shown.summary import Summary


def work_done(
    order: Order,
    looked: Mapping[str, str],
    former: Mapping[str, str],
    made: Collection[str],
    placed: Sequence[str],
    removed: Sequence[str],
    *,
    there: Collection[str],
    once: Mapping[str, str],
    emptied: bool = False,
) -> Work:
    """The work in words.

    *looked* maps photographs to reasons; *former* is the site after the last build (name → key), *made* are keys, the
    others files of the site. *there* are the files in the photos folder now, *once* says whose each file of the site
    was. *emptied*: Pelican empties the site's folder first.
    """
    whose = {url: path for urls in (order.outputs, order.crops) for path, each in urls.items() for url in each}
    recipes = {work.without_recipe(url) for url in former}
    return Work(
        looked=dict(sorted(looked.items())),
        encoded={
            url: work.why_encoded(url, whose[url], looked, former, recipes)
            for url, key in sorted(order.files.items())
            if key in made
        },
        placed={
            url: work.EMPTIED if emptied else work.TOUCHED if url in former else work.MISSING for url in sorted(placed)
        },
        removed={
            url: work.NO_PAGE if not former.get(url) else work.UNNAMED if once.get(url) in there else work.GONE
            for url in sorted(removed)
        },
    )


def tell(
    told: Report,
    photos: Sequence[Photo],
    folders: Sequence[Folder],
    found: Sequence[files.Found],
    order: Order,
    output: Path,
    remarks: Mapping[str, str],
    alts: Mapping[str, str],
    phrases: Phrases,
) -> None:
    """Enter into *told* what became of every input that was not skipped.

    *remarks* and *alts* are sentences by path: what could not be done, and the alternative texts on the pages;
    *phrases* are for those that are on none.
    """
    entries = {entry.photo.path: entry for folder in folders for entry in folder.entries}
    for photo in photos:
        entry = entries.get(photo.path)
        if entry is None:
            told.ignored(photo.path, f"{files.shown(photo.path)} is hidden by a note.")
            continue
        shot = entry.shot
        told.built(
            photo.path,
            [output / name for name in order.outputs.get(photo.path, ())],
            kind=shot.kind,
            confidence=shot.confidence,
            unsure=shot.unsure,
            why=list(shot.why),
            crops=[str(output / name) for name in order.crops.get(photo.path, ())],
            remark=remarks.get(photo.path, ""),
            wide_gamut=round(photo.exam.wide, 3),
            alt="" if alt.written(entry.note, photo) else alts.get(photo.path) or alt.of(entry, phrases),
        )
    for each in found:
        if each.ignored:
            told.ignored(each.path, f"{files.shown(each.path)}: {each.ignored}.")


def summary(
    told: Report, photos: Sequence[Photo], folders: Sequence[Folder], made: Collection[str], store: Store
) -> Summary:
    """The build in numbers."""
    entries = [entry for folder in folders for entry in folder.entries]
    sizes = (store.renditions.facts(key) for key in made)
    return Summary(
        built=len(entries),
        kinds=dict(Counter(str(entry.shot.kind) for entry in entries)),
        looked=len(told.work.looked),
        from_cache=sum(photo.path not in told.work.looked for photo in photos),
        encoded=len(told.work.encoded),
        bytes=sum(facts.size for facts in sizes if facts),
        placed=len(told.work.placed),
        removed=len(told.work.removed),
        skipped=told.count_skipped,
        hidden=len(photos) - len(entries),
        unsure=sum(entry.shot.unsure for entry in entries),
        without_alt=sum(not alt.written(entry.note, entry.photo) for entry in entries),
    )
