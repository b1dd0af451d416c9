"""The doctor's round: every headshot of every folder, each folder as a set, and several frames of one person."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..geometry import Value
from ..routed.curate import Entry, Folder
from ..said.names import person
from ..said.notes import said
from ..shot import Kind
from .doctor import Case, Finding, examined, set_focus
from .ensemble import Break, best, breaks


class Ward(Value, frozen=True):
    """One folder's headshots. *findings* and *breaks* go by path; *best* maps a name to the best of its frames."""

    folder: str
    findings: dict[str, tuple[Finding, ...]]
    breaks: tuple[Break, ...]
    best: dict[str, str]
    frames: dict[str, tuple[str, ...]]

    def advice(self, path: str) -> list[str]:
        """Sentences about one picture, its own and what it does to the set."""
        own = [finding.sentence for finding in self.findings.get(path, ()) if finding.advice]
        return own + [f"breaks the set: {', '.join(one.how)}" for one in self.breaks if one.path == path]


def round_of(folders: Iterable[Folder]) -> tuple[Ward, ...]:
    """The wards of *folders*; those without a headshot that was looked at are left out."""
    return tuple(ward for folder in folders if (ward := _ward(folder)) is not None)


def _ward(folder: Folder) -> Ward | None:
    entries = [entry for entry in folder.entries if entry.shot.kind == Kind.HEADSHOT and entry.photo.exam.analysis]
    cases = [
        Case(entry.photo.path, entry.photo.exam.size, entry.photo.exam.analysis)
        for entry in entries
        if entry.photo.exam.analysis
    ]
    if not cases:
        return None
    usual = set_focus(cases)
    findings = {case.path: examined(case, usual) for case in cases}
    frames: dict[str, list[str]] = {}
    for entry in entries:
        if name := _name(entry):
            frames.setdefault(name, []).append(entry.photo.path)
    several = {name: tuple(paths) for name, paths in frames.items() if len(paths) > 1}
    return Ward(
        folder.path,
        findings,
        breaks(cases),
        {name: best({path: findings[path] for path in paths}) for name, paths in several.items()},
        several,
    )


def _name(entry: Entry) -> str:
    """Whose frame it is: the note's name, else the file name's, a number at its end left out."""
    return said(entry.note.name, person(re.sub(r"[-_ ]?\(?\d+\)?$", "", entry.photo.stem))[0])
