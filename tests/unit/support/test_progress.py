"""Progress on a terminal and in a log."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from pelican_headshots.support import progress


def report_progress(console: Console, total: int) -> str:
    assert list(progress.make_console_reporter(console)("Analyzing", total, range(total))) == list(range(total))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_terminal_shows_a_bar_with_count_rate_and_time_left() -> None:
    bar = report_progress(Console(file=io.StringIO(), force_terminal=True, width=100), 4)
    assert "Analyzing 4 photos" in bar
    assert "4/4" in bar
    assert "per second" in bar
    assert "left" in bar


def test_a_log_gets_single_lines() -> None:
    assert report_progress(Console(file=io.StringIO(), force_terminal=False), 1) == "Analyzing 1 photo ...\n"


def test_long_work_reports_its_progress_and_the_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "LINE_INTERVAL_SECONDS", -1.0)
    lines = report_progress(Console(file=io.StringIO(), force_terminal=False), 3).splitlines()
    assert lines[1].startswith("Analyzing: 1 of 3, ")
    assert lines[1].endswith(" s left")
    assert len(lines) == 3


def test_nothing_is_printed_without_work() -> None:
    assert report_progress(Console(file=io.StringIO(), force_terminal=True), 0) == ""
