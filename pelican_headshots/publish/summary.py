"""The summary of a build, as numbers and as a few lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..pages.compose import FULL_COVER_WIDTH_PX
from ..scan.files import escape_for_terminal
from ..values.classification import PhotoKind
from ..values.geometry import Value

_MAX_LISTED_FILES = 5
_MAX_NAMED = 3
"""How many of the other photos and placeholders a line names."""
KIND_LABELS = {
    PhotoKind.HEADSHOT: ("headshot", "headshots"),
    PhotoKind.PORTRAIT: ("portrait", "portraits"),
    PhotoKind.NO_PERSON: ("without people", "without people"),
}


class Summary(Value, frozen=True):
    """Numbers of photos; *encoded*, *placed* and *removed* count files of the site, *bytes* the size of those encoded."""

    built: int
    kinds: dict[str, int]
    analyzed: int
    unchanged: int
    encoded: int
    bytes: int
    placed: int
    removed: int
    skipped: int
    hidden: int
    unsure: int
    not_selected: int = 0
    """Photos that are rejected, or that the setting `select` or a folder's notes do not show."""
    without_alt: int = 0
    """Photos whose alternative text is a draft, because nobody wrote one."""
    cropped_portraits: int = 0
    """Portraits that are on people's pages, cropped to head and shoulders."""
    placeholders: int = 0
    """Texts of a new site that nobody has replaced yet."""
    placeholder_lines: tuple[str, ...] = ()
    """Where each of them is, such as `pages/about.md:4`."""
    unsure_photos: tuple[str, ...] = ()
    """The photos that need checking."""
    unnamed_headshots: tuple[str, ...] = ()
    """Those on team pages without a name, if others have names."""
    heads: int = 0
    """Headshots that are cropped like others: the first of each person."""
    head_remarks: tuple[str, ...] = ()
    """A sentence about each of these that could not be."""
    small_covers: tuple[str, ...] = ()
    """Covers that are too small to fill a wide window."""
    without_consent: int = 0
    """Photos whose consent has ended or does not allow the use."""
    consents_ending: int = 0
    """Consents that end soon."""
    other_files: tuple[str, ...] = ()
    """Files in the photos folder that are no pictures and that nothing reads, such as videos."""


def format_summary(summary: Summary) -> Iterator[str]:
    """Yield the lines that end a build. Photos left out were named with the reason before."""
    s = summary
    counts = [(s.kinds.get(kind, 0), labels) for kind, labels in KIND_LABELS.items()]
    kinds = ", ".join(f"{count} {labels[count != 1]}" for count, labels in counts if count)
    analyzed = f"{s.analyzed} analyzed, {s.unchanged} unchanged" if s.analyzed else "unchanged"
    if not s.built:
        yield "Photos: none in the site yet. Put some into the photos folder: each folder in it becomes a gallery."
    else:
        yield f"Photos: {s.built} in the site{f' ({kinds})' if kinds else ''}; {analyzed}."
    if s.encoded or s.placed or s.removed:
        encoded = f"{s.encoded} encoded ({s.bytes / 1e6:.1f} MB)"
        yield f"Files: {encoded}, {s.placed} put into the site, {s.removed} removed from it."
    if s.skipped:
        yield f"Left out: {s.skipped}, each named above with the reason; build-report.json has them all."
    if s.placeholders:
        files = len({line.rpartition(":")[0] for line in s.placeholder_lines})
        place = f"{files} file{'s' if files != 1 else ''} ({_list_first(s.placeholder_lines, _MAX_NAMED)})"
        yield f"Placeholders: {s.placeholders} in {place}: replace them by your own text; build-report.json lists them."
    if s.cropped_portraits:
        subject = "1 portrait is" if s.cropped_portraits == 1 else f"{s.cropped_portraits} portraits are"
        yield (
            f"People: {subject} on people's pages, cropped to head and shoulders; build-report.json says which (rule)."
        )
    if s.unnamed_headshots:
        count = len(s.unnamed_headshots)
        subject = "1 headshot on a team page has" if count == 1 else f"{count} headshots on team pages have"
        yield (
            f"Names: {subject} none ({_list_first(s.unnamed_headshots)}). Press e in `pelican-headshots review`, or "
            "rename the files first-last_role.jpg."
        )
    if s.head_remarks:
        reasons = (
            f": {' '.join(map(escape_for_terminal, s.head_remarks))}"
            if len(s.head_remarks) <= _MAX_NAMED
            else "; build-report.json says why for each (remark)."
        )
        yield f"Heads: {len(s.head_remarks)} of {s.heads} could not be cropped like the others{reasons}"
    if s.small_covers:
        count, names = len(s.small_covers), _list_first(s.small_covers, _MAX_NAMED)
        subject, it = ("1 is", "it") if count == 1 else (f"{count} are", "them")
        yield (
            f"Covers: {subject} too small to fill a wide window ({names}). Choose another with c in "
            f"`pelican-headshots review`, or export {it} at least {FULL_COVER_WIDTH_PX:,} pixels wide."
        )
    if s.other_files:
        yield f"Not pictures, so not in the site: {_list_first(s.other_files)}."
    if s.hidden:
        yield f"Hidden by notes: {s.hidden}."
    if s.not_selected:
        yield (
            f"Not selected: {s.not_selected}, by rating, keyword or label; `pelican-headshots plan` says why for each."
        )
    if s.without_consent:
        subject = "1 photo is" if s.without_consent == 1 else f"{s.without_consent} photos are"
        yield f"Consent: {subject} left out, each named above with the reason."
    if s.consents_ending:
        subject = "1 consent ends" if s.consents_ending == 1 else f"{s.consents_ending} consents end"
        yield f"Consent: {subject} within 30 days, as said above."
    if s.without_alt:
        yield (
            "Alternative text (a description for blind visitors and search engines): drafted for "
            f"{'1 photo' if s.without_alt == 1 else f'{s.without_alt} photos'}; build-report.json lists the drafts (alt). "
            "Write your own in `pelican-headshots review` (press e), or in notes.toml."
        )
    if s.unsure:
        yield describe_unsure(s.unsure_photos)


def describe_unsure(paths: Sequence[str]) -> str:
    """Return a sentence about the photos that need checking."""
    count_phrase = "1 photo needs" if len(paths) == 1 else f"{len(paths)} photos need"
    return f"{count_phrase} checking ({_list_first(paths, _MAX_NAMED)}): run `pelican-headshots review`."


def _list_first(names: Sequence[str], limit: int = _MAX_LISTED_FILES) -> str:
    """Return the first *limit* names for the terminal, and how many more there are."""
    more = len(names) - limit
    return ", ".join(map(escape_for_terminal, names[:limit])) + (f" and {more} more" if more > 0 else "")
