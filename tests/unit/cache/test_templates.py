"""Compiled templates are cached, and a damaged one is compiled again."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from pelican_headshots.cache.templates import TemplateBytecodeCache


def render(folder: Path, source: str = "{{ 6 * 7 }}") -> str:
    return (
        Environment(loader=DictLoader({"a": source}), bytecode_cache=TemplateBytecodeCache(folder))
        .get_template("a")
        .render()
    )


def test_a_template_is_compiled_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert render(tmp_path) == "42"
    monkeypatch.setattr(Environment, "_parse", None)
    assert render(tmp_path) == "42"


def test_a_changed_template_is_compiled_again(tmp_path: Path) -> None:
    render(tmp_path)
    assert render(tmp_path, "{{ 7 * 7 }}") == "49"


def test_a_damaged_file_is_replaced_wherever_the_damage_is(tmp_path: Path) -> None:
    render(tmp_path)
    (file,) = tmp_path.iterdir()
    intact = file.read_bytes()
    for at in range(0, len(intact), 101):
        file.write_bytes(intact[:at] + bytes([intact[at] ^ 0x55]) + intact[at + 1 :])
        assert render(tmp_path) == "42"
        assert file.read_bytes() == intact
        file.write_bytes(intact[:at])
        assert render(tmp_path) == "42"
