"""What an earlier build worked out is not worked out again, and never believed where it might be wrong."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import pytest

from pelican_headshots.adapters.cache.recollection import Recollection
from pelican_headshots.core.cropped import eyeline
from pelican_headshots.core.hung import ladder
from pelican_headshots.core.ordered.order import Order
from pelican_headshots.core.photo import Exam, Photo, Words
from pelican_headshots.core.plate import Portfolio
from pelican_headshots.core.recalled import ROOMS, Memory, recalled, recalling
from pelican_headshots.core.rendition import Rights
from pelican_headshots.core.said.notes import Note, Notes
from pelican_headshots.core.shot import Kind

from .test_compose import hung_up
from .test_eyeline import somebody

HEADS = [somebody(apart=200 + 30 * number, roll=7 * number, at=(900, 700 + 90 * number)) for number in range(4)]


def site() -> tuple[Portfolio, Order]:
    """A team of four and two portraits."""
    photos, notes = [], {}
    for number, (_, analysis, size, ground) in enumerate([*HEADS, *HEADS[:2]]):
        exam = Exam(size, analysis, Words(), Rights(), (ground,) * 3)
        photos.append(Photo(f"a/{number}.jpg", f"{number:032x}", exam))
        notes[f"{number}.jpg"] = Note(kind=Kind.HEADSHOT if number < len(HEADS) else Kind.PORTRAIT)
    return hung_up(photos, {"a": Notes(photos=notes)})


def of(order: Order) -> tuple[Any, ...]:
    return order.files, order.wanted, order.outputs, order.crops


def remembered(path: Path) -> tuple[Portfolio, Order]:
    """The same, with what lies at *path*."""
    recollection = Recollection(path)
    with recalling(recollection.memory):
        made = site()
    recollection.save()
    return made


def test_a_second_build_sums_nothing_and_settles_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain, ordered = site()
    assert len(plain.people) == len(HEADS)
    path = tmp_path / "worked-out"
    first, first_order = remembered(path)
    facts = path.stat()

    def never(*_: object, **__: object) -> None:
        raise AssertionError("summed again")

    for module, name in ((eyeline, "_chosen"), (eyeline, "compromise"), (ladder, "_ladders")):
        monkeypatch.setattr(module, name, never)
    again, again_order = remembered(path)
    assert plain == first == again
    assert of(ordered) == of(first_order) == of(again_order)
    assert path.stat().st_mtime_ns == facts.st_mtime_ns
    with pytest.raises(AssertionError, match="summed again"):
        site()


def test_a_damaged_memory_is_an_empty_one(tmp_path: Path) -> None:
    path = tmp_path / "worked-out"
    memory = Recollection(path)
    memory.memory.used[b"asked"] = b"told"
    memory.save()
    assert Recollection(path).memory.known == {b"asked": b"told"}
    sound = path.read_bytes()
    for at in range(len(sound)):
        for damaged in (sound[:at], sound[:at] + bytes([sound[at] ^ 0x55]) + sound[at + 1 :]):
            path.write_bytes(damaged)
            assert Recollection(path).memory.known == {}


def test_what_other_code_worked_out_is_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room = tmp_path / "a_room"
    room.mkdir()
    (room / "__init__.py").touch()
    (room / "sums.py").write_text(
        "from pelican_headshots.core.recalled import recalled\n\n@recalled(int)\ndef twice(n):\n    return 2 * n\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    sums = importlib.import_module("a_room.sums")
    try:
        recollection = Recollection(tmp_path / "worked-out")
        with recalling(recollection.memory):
            assert sums.twice(21) == 42
        recollection.save()
        assert len(Recollection(tmp_path / "worked-out").memory.known) == 1
        (room / "sums.py").write_text((room / "sums.py").read_text().replace("2 *", "3 *"))
        assert Recollection(tmp_path / "worked-out").memory.known == {}
    finally:
        ROOMS.discard("a_room")
        del sys.modules["a_room"], sys.modules["a_room.sums"]


def test_other_arguments_and_calls_outside_a_build_are_worked_out() -> None:
    called = []

    @recalled(tuple[int, ...])
    def counted(n: int, *, by: int = 1) -> tuple[int, ...]:
        called.append(n)
        return tuple(range(0, n, by))

    with recalling(Memory({})):
        assert counted(3) == counted(3) == (0, 1, 2)
        assert counted(3, by=2) == (0, 2)
    assert called == [3, 3]
    assert counted(3) == (0, 1, 2)
    assert called == [3, 3, 3]


def test_a_build_that_asks_nothing_forgets_nothing(tmp_path: Path) -> None:
    remembered(tmp_path / "worked-out")
    before = (tmp_path / "worked-out").read_bytes()
    Recollection(tmp_path / "worked-out").save()
    assert (tmp_path / "worked-out").read_bytes() == before
