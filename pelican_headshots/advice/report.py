"""The doctor's round: every headshot of every folder, each folder as a set, and several frames of one person."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..people.routing import ClassifiedPhoto, GalleryFolder
from ..support.filenames import parse_name_and_role
from ..values.classification import PhotoKind
from ..values.geometry import Value
from ..values.notes import default_if_unset
from .checks import CheckResult, HeadshotSample, measure_set_focus, run_checks
from .consistency import SetDeviation, choose_best_frame, find_set_deviations


class SetReport(Value, frozen=True):
    """One folder's headshots. *findings* and *breaks* go by path; *best* maps a name to the best of its frames."""

    folder: str
    findings: dict[str, tuple[CheckResult, ...]]
    deviations: tuple[SetDeviation, ...]
    best_frames: dict[str, str]
    frames: dict[str, tuple[str, ...]]

    def list_advice(self, path: str) -> list[str]:
        """Sentences about one picture, its own and what it does to the set."""
        own = [finding.sentence for finding in self.findings.get(path, ()) if finding.is_advice]
        return own + [f"breaks the set: {', '.join(one.differences)}" for one in self.deviations if one.path == path]


def report_sets(folders: Iterable[GalleryFolder]) -> tuple[SetReport, ...]:
    """The wards of *folders*; those without a headshot that was looked at are left out."""
    return tuple(ward for folder in folders if (ward := _report_set(folder)) is not None)


def _report_set(folder: GalleryFolder) -> SetReport | None:
    entries = [
        entry
        for entry in folder.entries
        if entry.classification.kind == PhotoKind.HEADSHOT and entry.photo.record.analysis
    ]
    samples = [
        HeadshotSample(entry.photo.path, entry.photo.record.size, entry.photo.record.analysis)
        for entry in entries
        if entry.photo.record.analysis
    ]
    if not samples:
        return None
    median_focus = measure_set_focus(samples)
    findings = {case.path: run_checks(case, median_focus) for case in samples}
    frames: dict[str, list[str]] = {}
    for entry in entries:
        if name := _get_person_name(entry):
            frames.setdefault(name, []).append(entry.photo.path)
    frames_by_name = {name: tuple(paths) for name, paths in frames.items() if len(paths) > 1}
    return SetReport(
        folder.path,
        findings,
        find_set_deviations(samples),
        {name: choose_best_frame({path: findings[path] for path in paths}) for name, paths in frames_by_name.items()},
        frames_by_name,
    )


def _get_person_name(entry: ClassifiedPhoto) -> str:
    """Whose frame it is: the note's name, else the file name's, a number at its end left out."""
    return default_if_unset(entry.note.name, parse_name_and_role(re.sub(r"[-_ ]?\(?\d+\)?$", "", entry.photo.stem))[0])
