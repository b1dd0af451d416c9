"""The report: checks of every headshot, the consistency of each folder, and the best of several frames of a person."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..people.classified_photo import ClassifiedPhoto
from ..people.routing import GalleryFolder
from ..support.filenames import is_camera_file_name, parse_name_and_role
from ..values.classification import PhotoKind
from ..values.geometry import Value
from ..values.notes import default_if_unset
from .checks import CheckResult, HeadshotSample, measure_set_focus, run_checks
from .consistency import SetDeviation, choose_best_frame, find_set_deviations


class SetReport(Value, frozen=True):
    """The report on one folder's headshots.

    *findings* holds the results by path, *frames* the paths of people with several frames by name, and *best_frames* the
    best of them.
    """

    folder: str
    findings: dict[str, tuple[CheckResult, ...]]
    deviations: tuple[SetDeviation, ...]
    best_frames: dict[str, str]
    frames: dict[str, tuple[str, ...]]

    def list_advice(self, path: str) -> list[str]:
        """Return the advice on one photo: its own checks, and how it differs from the set."""
        advice = [result.sentence for result in self.findings.get(path, ()) if result.is_advice]
        return advice + [
            f"looks inconsistent with the set: {', '.join(deviation.differences)}"
            for deviation in self.deviations
            if deviation.path == path
        ]


def report_sets(folders: Iterable[GalleryFolder]) -> tuple[SetReport, ...]:
    """Return the reports on *folders*; folders without an analyzed headshot are left out."""
    return tuple(report for folder in folders if (report := _report_set(folder)) is not None)


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
    findings = {sample.path: run_checks(sample, median_focus) for sample in samples}
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
    """Return the person's name from the note, or else from the file name without a number at its end; empty without one."""
    stem = entry.photo.stem
    # Without its number, a camera's name would be taken for a person's.
    name = "" if is_camera_file_name(stem) else parse_name_and_role(re.sub(r"[-_ ]?\(?\d+\)?$", "", stem))[0]
    return default_if_unset(entry.note.name, name)
