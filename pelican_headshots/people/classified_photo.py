"""A photo with what was decided about it: its kind, its note, and where it goes."""

from __future__ import annotations

from enum import StrEnum

from ..values.classification import Classification, PhotoKind
from ..values.geometry import Value
from ..values.notes import Note
from ..values.photo import Photo


class RoutingRule(StrEnum):
    """Why a photo appears where it appears, in the words of `plan` and of the build report."""

    NAMED_HEADSHOT = "a headshot with a name"
    HEADSHOT_AMONG_HEADSHOTS = "a headshot in a folder of mostly headshots"
    HEADSHOT_OUTSIDE_FOLDERS = "a headshot directly in the photos folder"
    REQUESTED_HEADSHOT = "a headshot that a page asks for"
    HEADSHOT_FOR_EMPTY_PAGE = "a headshot for a page that would be empty"
    HEADSHOT_AMONG_OTHERS = "a headshot without a name among other photos"
    HEADSHOT_ON_NO_PAGE = "a headshot that no page asks for"
    NAMED_PORTRAIT = "a portrait of a named person"
    REQUESTED_PORTRAIT = "a portrait that a page asks for"
    PORTRAIT = "a portrait"
    NO_PERSON = "a photo without people"


class Route(Value, frozen=True):
    """Where a photo appears, and by which rule."""

    rule: RoutingRule
    is_for_people: bool = False
    """Whether it belongs to a person, who is on people's pages."""
    is_listed: bool = False
    """Whether its person is also on pages that do not choose, those without `Photos:`."""
    in_gallery: bool = True
    """Whether it is in the gallery of its folder."""
    crop_obstacle: str = ""
    """For a portrait of somebody: why it cannot be cropped to head and shoulders, as the end of a sentence."""
    has_own_page: bool = True
    """For a photo of a person: whether the person has a name, and so a page of their own."""

    @property
    def is_cropped_portrait(self) -> bool:
        """Whether it is a portrait that stands in for a headshot."""
        is_portrait = self.rule in (RoutingRule.NAMED_PORTRAIT, RoutingRule.REQUESTED_PORTRAIT)
        return is_portrait and self.is_for_people and not self.crop_obstacle

    @property
    def places(self) -> tuple[str, ...]:
        """`people` (people's pages) and `gallery` (that of its folder), as far as they apply."""
        return ("people",) * self.is_on_people_pages + ("gallery",) * self.in_gallery

    @property
    def is_on_people_pages(self) -> bool:
        """Whether a team page or a page of the person shows it."""
        return self.is_for_people and (self.has_own_page or self.rule != RoutingRule.HEADSHOT_ON_NO_PAGE)


class ClassifiedPhoto(Value, frozen=True):
    """A photo with its classification, its note and its route."""

    photo: Photo
    classification: Classification
    note: Note
    route: Route | None = None
    """None until `people/routing.py` has decided."""

    @property
    def is_headshot(self) -> bool:
        """Whether its kind is headshot."""
        return self.classification.kind == PhotoKind.HEADSHOT

    @property
    def is_for_people(self) -> bool:
        """Whether it belongs on people's pages; until that is decided, headshots do."""
        return self.route.is_for_people if self.route else self.is_headshot

    def describe_crop_obstacle(self) -> str:
        """Return a message if this portrait of somebody cannot be cropped to head and shoulders, or an empty string."""
        if not self.route or not self.route.crop_obstacle:
            return ""
        if self.is_for_people:
            return (
                f"{self.photo.path} is a portrait of a named person and is not cropped to head and shoulders, because "
                f"{self.route.crop_obstacle}."
            )
        return (
            f"{self.photo.path} is a portrait and does not appear on people's pages, because {self.route.crop_obstacle}. "
            'To show it there all the same, write kind = "headshot" for it into notes.toml, or choose another photo.'
        )
