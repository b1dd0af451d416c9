"""Compiled templates are remembered, and a damaged one is compiled anew."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from pelican_headshots.cache.templates import TemplateBytecodeCache


def rendered(folder: Path, source: str = "{{ 6 * 7 }}") -> str:
    return (
        Environment(loader=DictLoader({"a": source}), bytecode_cache=TemplateBytecodeCache(folder))
        .get_template("a")
        .render()
    )


def test_a_template_is_compiled_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert rendered(tmp_path) == "42"
    monkeypatch.setattr(Environment, "_parse", None)
    assert rendered(tmp_path) == "42"


def test_a_changed_template_is_compiled_again(tmp_path: Path) -> None:
    rendered(tmp_path)
    assert rendered(tmp_path, "{{ 7 * 7 }}") == "49"


def test_damage_anywhere_is_compiled_away(tmp_path: Path) -> None:
    rendered(tmp_path)
    (file,) = tmp_path.iterdir()
    sound = file.read_bytes()
    for at in range(0, len(sound), 101):
        file.write_bytes(sound[:at] + bytes([sound[at] ^ 0x55]) + sound[at + 1 :])
        assert rendered(tmp_path) == "42"
        assert file.read_bytes() == sound
        file.write_bytes(sound[:at])
        assert rendered(tmp_path) == "42"
