"""How far the work has come: a bar on a terminal, single lines elsewhere, nothing where nothing needs doing."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from rich.console import Console

T = TypeVar("T")

LINE_INTERVAL_SECONDS = 15.0
"""Seconds between two lines where there is no terminal."""


class ProgressReporter(Protocol):
    """Passes *steps* through, of which there will be *total*, and shows how they come. *doing*: `Looking at`."""

    def __call__(self, activity: str, total: int, steps: Iterable[T]) -> Iterator[T]: ...


def report_nothing(activity: str, total: int, steps: Iterable[T]) -> Iterator[T]:
    """Shows nothing."""
    return iter(steps)


def make_console_reporter(console: Console) -> ProgressReporter:
    """Shows progress on *console*; what is logged to the same console meanwhile stands above the bar."""

    def report(activity: str, total: int, steps: Iterable[T]) -> Iterator[T]:
        if not total:
            return iter(steps)
        return (
            _show_bar(console, activity, total, steps)
            if console.is_terminal
            else _print_lines(console, activity, total, steps)
        )

    return report


def make_stderr_reporter() -> ProgressReporter:
    """Shows progress beside a command's own output."""
    from rich.console import Console

    return make_console_reporter(Console(stderr=True))


def _show_bar(console: Console, activity: str, total: int, steps: Iterable[T]) -> Iterator[T]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"), BarColumn(bar_width=28), MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"), TimeRemainingColumn(compact=True), TextColumn("left"),
    )  # fmt: skip
    began = time.monotonic()
    # What a command prints meanwhile stands above the bar on a terminal, and goes where it was sent otherwise.
    with Progress(*columns, console=console, transient=True, redirect_stdout=sys.stdout.isatty()) as progress:
        task = progress.add_task(_format_heading(activity, total), total=total, rate="")
        for count, step in enumerate(steps, 1):
            progress.update(task, advance=1, rate=_format_rate(count, began))
            yield step


def _print_lines(console: Console, activity: str, total: int, steps: Iterable[T]) -> Iterator[T]:
    console.print(f"{_format_heading(activity, total)} ...", highlight=False, soft_wrap=True)
    began = last_line_at = time.monotonic()
    for count, step in enumerate(steps, 1):
        now = time.monotonic()
        if now - last_line_at > LINE_INTERVAL_SECONDS and count < total:
            seconds_left = (now - began) / count * (total - count)
            line = f"{activity}: {count} of {total}, {_format_rate(count, began)}, about {seconds_left:.0f} s left"
            console.print(line, highlight=False, soft_wrap=True)
            last_line_at = now
        yield step


def _format_heading(activity: str, total: int) -> str:
    return f"{activity} {total} photograph{'s' if total != 1 else ''}"


def _format_rate(count: int, began: float) -> str:
    return f"{count / max(time.monotonic() - began, 1e-3):.1f} a second"
