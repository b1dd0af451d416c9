"""What a build comes to, in numbers and in a few lines."""

from __future__ import annotations

from collections.abc import Iterator

from ..values.classification import PhotoKind
from ..values.geometry import Value

KIND_LABELS = {
    PhotoKind.HEADSHOT: ("headshot", "headshots"),
    PhotoKind.PORTRAIT: ("portrait", "portraits"),
    PhotoKind.NO_PERSON: ("without people", "without people"),
}


class Summary(Value, frozen=True):
    """Numbers of photographs, but for *encoded* and *placed* (files of the site) and *bytes* (of those encoded)."""

    built: int
    kinds: dict[str, int]
    looked: int
    from_cache: int
    encoded: int
    bytes: int
    placed: int
    removed: int
    skipped: int
    hidden: int
    unsure: int
    without_alt: int = 0
    """Whose alternative text nobody wrote, and which was drafted."""


def format_summary(summary: Summary) -> Iterator[str]:
    """The end of a build in words. What was left out was named, with its reason, when it was met."""
    s = summary
    counts = [(s.kinds.get(kind, 0), words) for kind, words in KIND_LABELS.items()]
    kinds = ", ".join(f"{count} {words[count != 1]}" for count, words in counts if count)
    looked = f"looked at {s.looked}, {s.from_cache} from the cache" if s.looked else "all from the cache"
    if not s.built:
        yield "Photographs: none in the site yet. Put some into its photos folder: a folder in it becomes a gallery."
    else:
        yield f"Photographs: {s.built} in the site{f' ({kinds})' if kinds else ''}; {looked}."
    if s.encoded or s.placed or s.removed:
        encoded = f"{s.encoded} encoded ({s.bytes / 1e6:.1f} MB)"
        yield f"Files: {encoded}, {s.placed} put into the site, {s.removed} removed from it."
    if s.skipped:
        yield f"Left out: {s.skipped}, each named above with the reason; build-report.json has them all."
    if s.hidden:
        yield f"Hidden by notes: {s.hidden}."
    if s.without_alt:
        yield (
            f"Alternative text: nobody wrote any for {s.without_alt}, so it was drafted from what was seen. "
            "build-report.json names them (alt); better words go into notes.toml."
        )
    if s.unsure:
        yield f"Unsure of {s.unsure}: see and decide with `pelican-headshots review`."
