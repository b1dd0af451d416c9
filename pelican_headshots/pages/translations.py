"""Words files: TOML, one for each language of the interface."""

from __future__ import annotations

from pathlib import Path

from ..scan.files import escape_for_terminal
from ..support.errors import HeadshotsError
from ..support.toml import parse_toml
from ..values.translations import Translations, merge_translations

BUILTIN_TRANSLATIONS_FOLDER = Path(__file__).with_name("locales")


class TranslationsError(HeadshotsError):
    """A words file that cannot be used; the sentence says which and why."""


def load_translations(language: str, site_file: Path | None = None) -> Translations:
    """The words for *language* (`de`, `de-AT`), English where there are none.

    *own* is a site's own words file: it beats ours, and may leave out what it does not change. Raises BadWords.
    """
    english = _read_translations(BUILTIN_TRANSLATIONS_FOLDER / "en.toml")
    builtin_file = BUILTIN_TRANSLATIONS_FOLDER / f"{language.replace('_', '-').partition('-')[0].lower()}.toml"
    builtin = merge_translations(english, _read_translations(builtin_file)) if builtin_file.is_file() else english
    return merge_translations(builtin, _read_translations(site_file)) if site_file else builtin


def _read_translations(path: Path) -> Translations:
    name = escape_for_terminal(str(path))
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as wrong:
        raise TranslationsError(f"The words file {name} cannot be read: {wrong.strerror}.") from wrong
    except UnicodeDecodeError as wrong:
        raise TranslationsError(f"The words file {name} cannot be read as text: {wrong}. Save it as UTF-8.") from wrong
    return parse_toml(text, name, Translations, TranslationsError)
