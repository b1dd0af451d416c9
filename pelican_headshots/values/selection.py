"""Which photos are shown: what the photographer's program says about each (`Decisions`), and what a site asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import asdict, replace

from ..support.filenames import normalize_nfc
from .geometry import Value

REJECTED = -1
"""The rating of a rejected photo."""

DecisionField = Literal["rating", "labels", "keywords"]
DecisionSource = Literal["sidecar", "xmp", "iptc", "exif"]

_SOURCE_WORDS = {"sidecar": "sidecar", "xmp": "embedded XMP", "iptc": "embedded IPTC", "exif": "embedded EXIF"}


class Decisions(Value, frozen=True):
    """What a photo's metadata says about showing it. The texts are plain and untrusted, and never published."""

    rating: Annotated[int, Meta(ge=REJECTED, le=5)] = 0
    """1 to 5; 0 without a rating; `REJECTED`."""
    labels: tuple[str, ...] = ()
    """Names of color labels, as written."""
    keywords: tuple[str, ...] = ()
    """Keywords as written. The parts of nested ones are separated by `|` or `/`."""
    sources: dict[DecisionField, DecisionSource] = {}
    """The source of each field that is set."""
    is_sidecar_readable: bool = True
    """False if there is a sidecar whose contents cannot be read: what it decides is then unknown."""

    def describe_source(self, field: DecisionField) -> str:
        """Return the source of *field* in words and parentheses; empty if it is not set."""
        return f" ({_SOURCE_WORDS[self.sources[field]]})" if field in self.sources else ""


Word = Annotated[str, Meta(min_length=1)]


class Selection(Value, frozen=True):
    """Which photos are shown, by their ratings, keywords and color labels. What is UNSET is not asked for."""

    min_rating: Annotated[
        Annotated[int, Meta(ge=0, le=5)] | UnsetType,
        Meta(description="The lowest rating that is shown, 0 to 5. A photo without a rating has 0."),
    ] = UNSET
    keywords: Annotated[
        tuple[Word, ...] | UnsetType, Meta(description="Only photos with at least one of these keywords are shown.")
    ] = UNSET
    labels: Annotated[
        tuple[Word, ...] | UnsetType,
        Meta(description="Only photos with at least one of these color labels are shown, such as 'Green'."),
    ] = UNSET
    exclude: Annotated[
        tuple[Word, ...] | UnsetType,
        Meta(description="Photos with one of these keywords are not shown, whatever else they have."),
    ] = UNSET

    @property
    def is_set(self) -> bool:
        """Whether it asks for anything."""
        return any(value is not UNSET for value in asdict(self).values())

    def override(self, inner: Selection) -> Selection:
        """Return the selection of a folder: what *inner*, the folder's own, sets, and else what this one sets."""
        return replace(self, **{name: value for name, value in asdict(inner).items() if value is not UNSET})


class Choice(Value, frozen=True):
    """Whether a photo is shown, and why, as a part of a sentence; *reason* is empty if nothing asks for anything."""

    is_shown: bool
    reason: str = ""


def choose(decisions: Decisions, selection: Selection, *, has_unusable_sidecar: bool = False) -> Choice:
    """Return whether *selection* shows a photo. A rejected photo is never shown, whatever is selected.

    Args:
        decisions: What the photo's metadata says.
        selection: What is asked for.
        has_unusable_sidecar: Whether the photo has a sidecar that *decisions* do not contain.
    """
    if decisions.rating == REJECTED:
        return Choice(False, f"it is rejected{decisions.describe_source('rating')}")
    if not selection.is_set:
        return Choice(True)
    if has_unusable_sidecar or not decisions.is_sidecar_readable:
        return Choice(False, "its sidecar cannot be read, so that what it decides is unknown. Save the sidecar again")
    if excluded := _find_keyword(decisions, selection.exclude or ()):
        return Choice(False, f"its keyword {excluded}{decisions.describe_source('keywords')} is excluded")
    reasons = []
    rating = f"rating {decisions.rating}" if decisions.rating else "no rating"
    rating += decisions.describe_source("rating")
    if not isinstance(selection.min_rating, UnsetType):
        if decisions.rating < selection.min_rating:
            return Choice(False, f"it has {rating}, and {selection.min_rating} is asked for")
        reasons.append(rating)
    if selection.keywords:
        if not (keyword := _find_keyword(decisions, selection.keywords)):
            return Choice(False, f"it has no keyword {_join_words(selection.keywords)}")
        reasons.append(f"keyword {keyword}{decisions.describe_source('keywords')}")
    if selection.labels:
        wanted_labels = {_fold(label) for label in selection.labels}
        label = next((each for each in decisions.labels if _fold(each) in wanted_labels), "")
        if not label:
            return Choice(False, f"it has no label {_join_words(selection.labels)}")
        reasons.append(f"label {label}{decisions.describe_source('labels')}")
    return Choice(
        True,
        f"it has {', '.join(reasons)}"
        if reasons
        else "none of its keywords is excluded"
        if selection.exclude
        else "nothing is asked for",
    )


def matches_keyword(written: str, wanted: str) -> bool:
    """Return whether a keyword is *wanted*: by its own name, by its path, or by a keyword that contains it.

    The parts of a path are separated by `|` or `/`, on both sides. Case does not matter.
    """
    path, wanted_path = _split_path(written), _split_path(wanted)
    length = len(wanted_path)
    return bool(length) and any(path[i : i + length] == wanted_path for i in range(len(path) - length + 1))


def _find_keyword(decisions: Decisions, wanted: Iterable[str]) -> str:
    """Return the first keyword that is *wanted*, as written; empty if there is none."""
    wanted = tuple(wanted)
    return next((each for each in decisions.keywords if any(matches_keyword(each, one) for one in wanted)), "")


@lru_cache(maxsize=4096)
def _split_path(keyword: str) -> tuple[str, ...]:
    """Return the parts of a keyword; cached because many photos have the same ones."""
    return tuple(part for part in (_fold(part) for part in re.split(r"[|/]", keyword)) if part)


def _fold(text: str) -> str:
    return normalize_nfc(text).strip().casefold()


def _join_words(words: Iterable[str]) -> str:
    return " or ".join(words)
