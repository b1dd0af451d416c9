"""How far the work has come: a bar on a terminal, single lines elsewhere, nothing where nothing needs doing."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from rich.console import Console

T = TypeVar("T")

EVERY = 15.0
"""Seconds between two lines where there is no terminal."""


class Watch(Protocol):
    """Passes *steps* through, of which there will be *total*, and shows how they come. *doing*: `Looking at`."""

    def __call__(self, doing: str, total: int, steps: Iterable[T]) -> Iterator[T]: ...


def silent(doing: str, total: int, steps: Iterable[T]) -> Iterator[T]:
    """Shows nothing."""
    return iter(steps)


def on(console: Console) -> Watch:
    """Shows progress on *console*; what is logged to the same console meanwhile stands above the bar."""

    def watch(doing: str, total: int, steps: Iterable[T]) -> Iterator[T]:
        if not total:
            return iter(steps)
        return _bar(console, doing, total, steps) if console.is_terminal else _lines(console, doing, total, steps)

    return watch


def on_stderr() -> Watch:
    """Shows progress beside a command's own output."""
    from rich.console import Console

    return on(Console(stderr=True))


def _bar(console: Console, doing: str, total: int, steps: Iterable[T]) -> Iterator[T]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"), BarColumn(bar_width=28), MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"), TimeRemainingColumn(compact=True), TextColumn("left"),
    )  # fmt: skip
    began = time.monotonic()
    # What a command prints meanwhile stands above the bar on a terminal, and goes where it was sent otherwise.
    with Progress(*columns, console=console, transient=True, redirect_stdout=sys.stdout.isatty()) as progress:
        task = progress.add_task(_photographs(doing, total), total=total, rate="")
        for count, step in enumerate(steps, 1):
            progress.update(task, advance=1, rate=_rate(count, began))
            yield step


def _lines(console: Console, doing: str, total: int, steps: Iterable[T]) -> Iterator[T]:
    console.print(f"{_photographs(doing, total)} ...", highlight=False, soft_wrap=True)
    began = said = time.monotonic()
    for count, step in enumerate(steps, 1):
        now = time.monotonic()
        if now - said > EVERY and count < total:
            left = (now - began) / count * (total - count)
            line = f"{doing}: {count} of {total}, {_rate(count, began)}, about {left:.0f} s left"
            console.print(line, highlight=False, soft_wrap=True)
            said = now
        yield step


def _photographs(doing: str, total: int) -> str:
    return f"{doing} {total} photograph{'s' if total != 1 else ''}"


def _rate(count: int, began: float) -> str:
    return f"{count / max(time.monotonic() - began, 1e-3):.1f} a second"
