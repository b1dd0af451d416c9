"""The summary of a build, as numbers and as a few lines of text."""

from __future__ import annotations

from collections.abc import Iterator

from ..scan.files import escape_for_terminal
from ..values.classification import PhotoKind
from ..values.geometry import Value

_MAX_LISTED_FILES = 5
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
        subject = "1 is" if s.placeholders == 1 else f"{s.placeholders} are"
        yield f"Placeholders: {subject} still in your pages, each named above with its line."
    if s.cropped_portraits:
        subject = "1 portrait is" if s.cropped_portraits == 1 else f"{s.cropped_portraits} portraits are"
        yield (
            f"People: {subject} on people's pages, cropped to head and shoulders; build-report.json says which (rule)."
        )
    if s.other_files:
        names = ", ".join(escape_for_terminal(name) for name in s.other_files[:_MAX_LISTED_FILES])
        more = len(s.other_files) - _MAX_LISTED_FILES
        yield f"Not pictures, so not in the site: {names}{f' and {more} more' if more > 0 else ''}."
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
            f"Alternative text: nobody wrote any for {s.without_alt}, so it was drafted from the analysis. "
            "build-report.json lists the drafts (alt); write better ones in notes.toml."
        )
    if s.unsure:
        count_phrase = "1 photo needs" if s.unsure == 1 else f"{s.unsure} photos need"
        yield f"{count_phrase} checking: run `pelican-headshots review`."
