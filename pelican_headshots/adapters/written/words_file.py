"""Words files: TOML, one for each language of the interface."""

from __future__ import annotations

from pathlib import Path

from ...core.shown.phrases import Phrases, over
from ...core.trouble import Trouble
from ..originals.files import shown
from .written_toml import understood

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
    return over(known, _read(own)) if own else known


def _read(path: Path) -> Phrases:
    name = shown(str(path))
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as wrong:
        raise BadWords(f"The words file {name} cannot be read: {wrong.strerror}.") from wrong
    except UnicodeDecodeError as wrong:
        raise BadWords(f"The words file {name} cannot be read as text: {wrong}. Save it as UTF-8.") from wrong
    return understood(text, name, Phrases, BadWords)
