"""Translations files: the built-in languages are complete, own files override them, and errors are explained."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from pelican_headshots.pages.translations import BUILTIN_TRANSLATIONS_FOLDER, TranslationsError, load_translations


@pytest.mark.parametrize(
    ("language", "text"), [("en", "Journal"), ("de", "Zum Inhalt springen"), ("fr", "Aller au contenu")]
)
def test_built_in_translations_have_the_same_keys_and_placeholders(language: str, text: str) -> None:
    english = msgspec.toml.decode((BUILTIN_TRANSLATIONS_FOLDER / "en.toml").read_bytes())
    translated = msgspec.toml.decode((BUILTIN_TRANSLATIONS_FOLDER / f"{language}.toml").read_bytes())
    assert translated["phrases"].keys() == english["phrases"].keys()
    for key, english_text in english["phrases"].items():
        placeholders = set(re.findall(r"{\w+}", translated["phrases"][key]))
        assert placeholders == set(re.findall(r"{\w+}", english_text)), key
    assert text in load_translations(language).phrases.values()


def test_an_own_translations_file_overrides_the_built_in_language(tmp_path: Path) -> None:
    path = tmp_path / "he.toml"
    path.write_text('language = "he"\ndirection = "rtl"\n[phrases]\nportfolio = "תיק"\n', encoding="utf-8")
    hebrew = load_translations("he", path)
    assert (hebrew.direction, hebrew.translate("portfolio"), hebrew.translate("next")) == ("rtl", "תיק", "Next")
    assert hebrew.format_date("2026-03") == "March 2026"
    path.write_text('[phrases]\nnext = "Weiter"\n', encoding="utf-8-sig")
    german = load_translations("de", path)
    assert (german.direction, german.translate("next"), german.translate("previous")) == ("ltr", "Weiter", "Zurück")


@pytest.mark.parametrize(
    ("text", "encoding", "message"),
    [
        ("language = 3\n", "utf-8", "language: Expected a text"),
        ('direction = "up"\n', "utf-8", "direction: 'up' is not possible here"),
        ('months = ["January"]\n', "utf-8", "months: Expected a list of length >= 12"),
        ("[phrases\n", "utf-8", "not valid TOML"),
        ('[phrases]\nnext = "Zurück"\n', "latin-1", "Save it as UTF-8"),
    ],
)
def test_an_error_in_a_translations_file_is_explained(tmp_path: Path, text: str, encoding: str, message: str) -> None:
    path = tmp_path / "he.toml"
    path.write_text(text, encoding=encoding)
    with pytest.raises(TranslationsError, match=r"he\.toml") as raised:
        load_translations("he", path)
    assert message in str(raised.value)
