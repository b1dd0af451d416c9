"""Show progress: a bar on a terminal, a line now and then elsewhere, nothing if there is no work."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from rich.console import Console

T = TypeVar("T")

LINE_INTERVAL_SECONDS = 15.0
"""Seconds between two lines if the output is not a terminal."""


class ProgressReporter(Protocol):
    """Shows the progress of a loop."""

    def __call__(self, activity: str, total: int, steps: Iterable[T]) -> Iterator[T]:
        """Yield each of *steps* and show the progress.

        Args:
            activity: What is being done, such as `Analyzing`.
            total: The number of steps.
            steps: What the loop is over.
        """
        ...


def report_nothing(activity: str, total: int, steps: Iterable[T]) -> Iterator[T]:  # noqa: ARG001 - a ProgressReporter
    """Yield *steps* without showing anything."""
    return iter(steps)


def make_console_reporter(console: Console) -> ProgressReporter:
    """Return a reporter that shows progress on *console*. Log messages to the same console appear above the bar."""

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
    """Return a reporter that writes to stderr, apart from the output of a command."""
    from rich.console import Console

    return make_console_reporter(Console(stderr=True))


def _show_bar(console: Console, activity: str, total: int, steps: Iterable[T]) -> Iterator[T]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"), BarColumn(bar_width=28), MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"), TimeRemainingColumn(compact=True), TextColumn("left"),
    )  # fmt: skip
    began = time.monotonic()
    # On a terminal, the output of a command must appear above the bar; a redirected stdout must stay redirected.
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
    return f"{activity} {total} photo{'s' if total != 1 else ''}"


def _format_rate(count: int, began: float) -> str:
    return f"{count / max(time.monotonic() - began, 1e-3):.1f} per second"
