"""Align the headshots of a site, set by set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from ..people.classified_photo import ClassifiedPhoto
from ..people.gather import Person
from ..values.geometry import Value
from ..values.rendition import Crop, FramingName
from .eye_alignment import AlignedCrop, align_one, align_set, explain_misfit
from .frame_limits import CIRCLE_SHAPE, SQUARE_SHAPE, UPRIGHT_SHAPE, FrameShape
from .framing import FRAMINGS
from .head_crop import find_crop_obstacle
from .head_geometry import LEVEL_TOLERANCE_DEGREES, HeadGeometry, measure_heads

PAGE_SHAPES = (UPRIGHT_SHAPE, SQUARE_SHAPE)
PAGE_AND_DOWNLOAD_SHAPES = (UPRIGHT_SHAPE, SQUARE_SHAPE, CIRCLE_SHAPE)
"""Also the shapes that only downloads use."""


class SetAlignment(Value, frozen=True):
    """The crops of all headshots with a detected face."""

    aligned_crops: Mapping[FrameShape, Mapping[str, AlignedCrop]]
    """By shape and path of the photo."""
    remarks: Mapping[str, str]
    """Path → a sentence about a photo that does not match its set."""

    def find_crop(self, path: str, shape: FrameShape) -> Crop | None:
        """Return the crop of the photo *path*; None if no face was detected in it."""
        aligned = self.aligned_crops.get(shape, {}).get(path)
        return aligned.crop if aligned else None


def align_sets(
    people: Iterable[Person],
    shapes: Sequence[FrameShape] = PAGE_SHAPES,
    framing: FramingName = "normal",
    set_framings: Mapping[str, FramingName] = MappingProxyType({}),
) -> SetAlignment:
    """Align the headshots of people in the same top-level folder, whatever subfolders they are in.

    The target is chosen for the first headshot of each person; their other headshots are then cropped to it.
    *set_framings* has the framing of each top-level folder that is not cropped by *framing*.
    """
    sets: dict[str, list[Person]] = {}
    for person in people:
        if person.entries:
            sets.setdefault(person.folder.partition("/")[0], []).append(person)
    aligned_crops: dict[FrameShape, dict[str, AlignedCrop]] = {shape: {} for shape in shapes}
    remarks: dict[str, str] = {}
    for folder, members in sets.items():
        heads = _measure_heads(entry for person in members for entry in _list_croppable(person))
        first_paths = [path for person in members if (path := person.entries[0].photo.path) in heads]
        for shape in shapes:
            target, aligned = align_set(
                [heads[path] for path in first_paths], shape, FRAMINGS[set_framings.get(folder, framing)]
            )
            crops_by_path = dict(zip(first_paths, aligned, strict=True))
            crops_by_path |= {
                path: align_one(head, target, shape) for path, head in heads.items() if path not in crops_by_path
            }
            aligned_crops[shape] |= crops_by_path
            if shape == shapes[0]:
                misaligned = [path for path in first_paths if not crops_by_path[path].is_aligned]
                remarks |= {
                    path: _describe_misfit(path, crops_by_path[path], explain_misfit(heads[path], target, shape))
                    for path in misaligned
                }
    return SetAlignment(aligned_crops, remarks)


def _list_croppable(person: Person) -> tuple[ClassifiedPhoto, ...]:
    """Return the person's headshots; without any, their portrait, if it can be cropped to head and shoulders."""
    return person.headshots or tuple(entry for entry in person.entries[:1] if not find_crop_obstacle(entry.photo))


def _measure_heads(entries: Iterable[ClassifiedPhoto]) -> dict[str, HeadGeometry]:
    """Measure the main face of each photo; returns path → head."""
    records = {entry.photo.path: entry.photo.record for entry in entries}
    faces = {
        path: (record.analysis.faces[0], record.analysis, record.size, record.colors[0])
        for path, record in records.items()
        if record.analysis and record.analysis.faces
    }
    return dict(zip(faces, measure_heads(list(faces.values())), strict=True))


def _describe_misfit(path: str, aligned: AlignedCrop, reason: str) -> str:
    deviations = []
    if aligned.is_padded:
        deviations.append("is shown whole, with its own color around it")
    if not aligned.is_on_line:
        side = "below" if aligned.eye_line_offset > 0 else "above"
        deviations.append(f"has its eyes {abs(aligned.eye_line_offset):.0%} of the frame {side} the line")
    if abs(aligned.residual_roll) >= LEVEL_TOLERANCE_DEGREES:
        deviations.append(f"still leans by {abs(aligned.residual_roll):.1f} degrees")
    if not deviations:
        deviations.append(f"shows its head {aligned.relative_head_size:.2f} times as large as the others")
    return f"{path} {' and '.join(deviations)}, because {reason}."
