"""The portrait of a named person: cropped to head and shoulders, or shown whole."""

from __future__ import annotations

from pelican_headshots.crop.frame_limits import UPRIGHT_SHAPE
from pelican_headshots.crop.headshot_sets import align_sets
from pelican_headshots.people.classified_photo import ClassifiedPhoto, Route, RoutingRule
from pelican_headshots.people.gather import gather_people
from pelican_headshots.values.classification import Classification, PhotoKind
from pelican_headshots.values.notes import Note
from pelican_headshots.values.photo import Photo
from tests.unit.people.test_routing_rules import make_face, make_photo


def classify_as_portrait(photo: Photo) -> ClassifiedPhoto:
    return ClassifiedPhoto(
        photo,
        Classification(PhotoKind.PORTRAIT, 0.9, False, (), "medium shot", "normal"),
        Note(name=photo.stem),
        Route(RoutingRule.NAMED_PORTRAIT, is_for_people=True),
    )


def test_a_portrait_without_an_obstacle_is_cropped_around_its_head() -> None:
    people = gather_people([classify_as_portrait(make_photo("team/jo.jpg"))])
    crop = align_sets(people).find_crop("team/jo.jpg", UPRIGHT_SHAPE)
    assert crop
    face = make_face()
    assert crop.box.top < face.crown.y
    assert crop.box.bottom > face.chin.y
    assert crop.box.height < 0.5, "and not the whole photo"


def test_a_portrait_with_an_obstacle_is_not_cropped_like_a_headshot() -> None:
    photos = [make_photo("team/hair.jpg", (make_face(y=0.0),)), make_photo("team/small.jpg", width=400)]
    alignment = align_sets(gather_people([classify_as_portrait(photo) for photo in photos]))
    assert [alignment.find_crop(photo.path, UPRIGHT_SHAPE) for photo in photos] == [None, None]
