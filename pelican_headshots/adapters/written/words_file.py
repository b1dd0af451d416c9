"""Words files: TOML, one for each language of the interface."""

from __future__ import annotations

from pathlib import Path

import msgspec

from ...core.shown.phrases import Phrases, over
from ...core.trouble import Trouble

OURS = Path(__file__).parents[2] / "words"


class BadWords(Trouble):
    """A words file that cannot be used; the sentence says which and why."""


def phrases(language: str, own: Path | None = None) -> Phrases:
    """The words for *language* (`de`, `de-AT`), English where there are none.

    *own* is a site's own words file: it beats ours, and may leave out what it does not change. Raises BadWords.
    """
    english = _read(OURS / "en.toml")
    ours = OURS / f"{language.replace('_', '-').partition('-')[0].lower()}.toml"
    known = over(english, _read(ours)) if ours.is_file() else english
    return over(known, _read(own, known)) if own else known


def _read(path: Path, known: Phrases | None = None) -> Phrases:
    try:
        raw = msgspec.toml.decode(path.read_bytes())
        if known:
            raw = {name: getattr(known, name) for name in ("direction", "months", "full_date", "month_date")} | raw
        return msgspec.convert(raw, Phrases)
    except (OSError, msgspec.DecodeError, msgspec.ValidationError) as wrong:
        raise BadWords(f"The words file {path} cannot be used: {wrong}.") from wrong
