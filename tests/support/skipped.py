"""A pytest plugin: at the end of a run, say what was not tested on this machine, and how to get it."""

from __future__ import annotations

from collections import Counter

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List the reasons of skipped tests, the most frequent first, each once."""
    counts: Counter[str] = Counter()
    files: Counter[str] = Counter()
    for report in terminalreporter.stats.get("skipped", []):
        _, _, reason = report.longrepr
        counter = counts if isinstance(report, pytest.TestReport) else files
        counter[reason.removeprefix("Skipped: ")] += 1
    if not counts and not files:
        return
    terminalreporter.section("not tested on this machine")
    for counter, noun in ((counts, "test"), (files, "whole file")):
        for reason, count in counter.most_common():
            terminalreporter.line(f"{count:4} {noun}{'s' if count > 1 else ''}: {reason}")
