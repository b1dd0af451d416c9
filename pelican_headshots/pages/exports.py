"""Files of a headshot for the places that heads go to: LinkedIn, Teams, a badge, an e-mail signature, the press.

`docs/exports.md` names the source of each number below.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..crop.crops import compute_pixel_size
from ..crop.frame_limits import BADGE_SHAPE, CIRCLE_SHAPE, SQUARE_SHAPE, UPRIGHT_SHAPE, FrameShape
from ..crop.headshot_sets import SetAlignment
from ..images.plan import RenderPlan
from ..images.quality_presets import QUALITY_PRESETS
from ..metadata import writer
from ..people.gather import Person
from ..values.consent import ConsentUse
from ..values.geometry import Value
from ..values.notes import default_if_unset
from ..values.rendition import Rights
from .picture_builder import PictureBuilder


class ExportPlace(Value, frozen=True):
    """A place and the JPEG that it takes. Widths are in pixels."""

    name: ConsentUse
    """Also the use that the consent of a person or photo must include."""
    label: str
    """What messages call it."""
    frame_shape: FrameShape
    width: int
    """The largest width that is made."""
    min_width: int
    """The smallest width that looks good there."""
    refuses_smaller: bool = False
    """Whether the place accepts no file below `min_width`."""
    quality: int | None = QUALITY_PRESETS["archival"]["jpeg"]
    """The JPEG quality; None is that of the site. Places that compress again or print get more than a page does."""
    pixels_per_inch: int = 0
    """The resolution that is written into a file of `width`; 0 for none."""
    has_fixed_size: bool = False
    """Whether a smaller file is printed just as large, at a lower resolution."""
    has_caption: bool = False
    """Whether the person's name and role and the photo's caption are written into the file."""


EXPORT_PLACES: dict[str, ExportPlace] = {
    place.name: place
    for place in (
        ExportPlace("linkedin", "LinkedIn", CIRCLE_SHAPE, 800, 400, refuses_smaller=True),
        ExportPlace("teams", "Microsoft Teams", CIRCLE_SHAPE, 648, 648),
        ExportPlace("badge", "a badge", BADGE_SHAPE, 413, 413, pixels_per_inch=300, has_fixed_size=True),
        ExportPlace("signature", "an e-mail signature", SQUARE_SHAPE, 200, 200, quality=None),
        ExportPlace("press", "the press", UPRIGHT_SHAPE, 2806, 1440, pixels_per_inch=300, has_caption=True),
    )
}
"""The places, by the name that `export --for` takes."""


class PlannedExport(Value, frozen=True):
    """One file to make. *url* is its name, *width* in pixels; *caption* is empty if the place shows none."""

    place: ExportPlace
    url: str
    width: int
    rights: Rights
    caption: str = ""

    def finish(self, jpeg: bytes) -> bytes:
        """Return the rendered *jpeg* with the caption and the resolution that the place needs."""
        pixels_per_inch = self.place.pixels_per_inch
        if self.place.has_fixed_size:
            pixels_per_inch = round(pixels_per_inch * self.width / self.place.width)
        return writer.add_caption_and_density(jpeg, self.rights, self.caption, pixels_per_inch)


class PersonExports(Value, frozen=True):
    """The files of one person, a sentence about each that is smaller than it should be, and one about each left out."""

    files: tuple[PlannedExport, ...]
    small: tuple[str, ...]
    left_out: tuple[str, ...]


def list_frame_shapes(places: Sequence[ExportPlace]) -> tuple[FrameShape, ...]:
    """Return the shapes that *places* need."""
    return tuple(dict.fromkeys(place.frame_shape for place in places))


def plan_exports(
    person: Person,
    places: Sequence[ExportPlace],
    alignment: SetAlignment,
    plan: RenderPlan,
    rights: Rights,
    *,
    slug: str,
) -> PersonExports:
    """Return the files of *person*'s headshot for *places*, named `<slug>_<place>.jpg`, and add them to *plan*.

    Heads are cropped as *alignment* says, alike over their set. Nothing is enlarged. *rights* are those of the site.
    """
    entry = person.entries[0]
    builder = PictureBuilder(entry, plan, rights)
    files, small, left_out = [], [], []
    for place in places:
        crop = alignment.find_crop(entry.photo.path, place.frame_shape) or builder.crop_to_ratio(
            place.frame_shape.ratio
        )
        available = compute_pixel_size(crop, entry.photo.record.size).width
        url = f"{slug}_{place.name}.jpg"
        if available < place.min_width:
            sentence = (
                f"{entry.photo.path} is too small for {place.label}: around the head it has {available} pixels of "
                f"width, and {place.min_width} are needed."
            )
            if place.refuses_smaller:
                left_out.append(
                    f"{sentence} {url} was left out. Export the photo larger, with more of it around the head."
                )
                continue
            small.append(f"{sentence} {url} is {available} pixels wide.")
        added = plan.add_file(entry.photo, crop, place.width, "jpeg", url, rights=builder.rights, quality=place.quality)
        caption = _write_caption(person, builder) if place.has_caption else ""
        files.append(PlannedExport(place, url, added.width, builder.rights, caption))
    return PersonExports(tuple(files), tuple(small), tuple(left_out))


def _write_caption(person: Person, builder: PictureBuilder) -> str:
    """Return the photo's caption, after the person's name and role unless it names them already."""
    entry = builder.entry
    caption = default_if_unset(entry.note.caption, entry.photo.record.metadata.caption)
    name = person.fields.get("name", "")
    label = ", ".join(filter(None, (name, person.fields.get("role", ""))))
    return caption if name and name in caption else ". ".join(filter(None, (label, caption)))
