"""Translations of the interface: one TOML file for each language."""

from __future__ import annotations

from pathlib import Path

from ..scan.files import escape_for_terminal
from ..support.errors import HeadshotsError
from ..support.toml import parse_toml
from ..values.translations import Translations, merge_translations

BUILTIN_TRANSLATIONS_FOLDER = Path(__file__).with_name("locales")


class TranslationsError(HeadshotsError):
    """A translations file cannot be used; the message says which and why."""


def load_translations(language: str, site_file: Path | None = None) -> Translations:
    """Return the translations for *language* (`de`, `de-AT`), in English where there are none.

    Args:
        language: A language tag.
        site_file: The site's own translations. It overrides ours and may leave out what it does not change.

    Raises:
        TranslationsError: A file cannot be used.
    """
    english = _read_translations(BUILTIN_TRANSLATIONS_FOLDER / "en.toml")
    builtin_file = BUILTIN_TRANSLATIONS_FOLDER / f"{language.replace('_', '-').partition('-')[0].lower()}.toml"
    builtin = merge_translations(english, _read_translations(builtin_file)) if builtin_file.is_file() else english
    return merge_translations(builtin, _read_translations(site_file)) if site_file else builtin


def _read_translations(path: Path) -> Translations:
    name = escape_for_terminal(str(path))
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise TranslationsError(f"The translations file {name} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise TranslationsError(
            f"The translations file {name} cannot be read as text: {error}. Save it as UTF-8."
        ) from error
    return parse_toml(text, name, Translations, TranslationsError)
