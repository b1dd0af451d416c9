"""The pictures of a person's headshot."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from pelican_headshots.values.classification import PhotoKind
from pelican_headshots.values.notes import Note, Notes
from pelican_headshots.values.photo import Photo, PhotoMetadata, PhotoRecord
from pelican_headshots.values.rendition import Rights
from tests.support.headshots import build_head
from tests.support.photos import compose_photos
from tests.support.sizes import evaluate_sizes


def test_a_persons_page_shows_the_roomiest_upright_crop() -> None:
    _, analysis, size, color = build_head(at=(1000, 1000), apart=120)
    analysis = replace(analysis, people_count=1)
    photo = Photo("team/jane-doe.jpg", "a" * 64, PhotoRecord(size, analysis, PhotoMetadata(), Rights(), (color,) * 3))
    portfolio, plan = compose_photos([photo], {"team": Notes(photos={"jane-doe.jpg": Note(kind=PhotoKind.HEADSHOT)})})
    (person,) = portfolio.people
    assert person.photo
    crops = {
        slot: plan.renditions[photo.digest][plan.cache_keys[person.photo.pictures[slot].src]].crop
        for slot in ("head", "about")
    }
    assert crops["about"].box.width == 1
    assert crops["head"].box.width < 0.5


@pytest.mark.parametrize(("people_count", "head_width"), [(4, 584), (5, 378)])
def test_headshots_of_few_people_are_larger_in_a_large_window(people_count: int, head_width: int) -> None:
    _, analysis, size, color = build_head(at=(1000, 1000), apart=120)
    record = PhotoRecord(size, replace(analysis, people_count=1), PhotoMetadata(), Rights(), (color,) * 3)
    photos = [Photo(f"team/person-{n}.jpg", f"{n}" * 64, record) for n in range(people_count)]
    notes = Notes(photos={f"person-{n}.jpg": Note(kind=PhotoKind.HEADSHOT) for n in range(people_count)})
    portfolio, _ = compose_photos(photos, {"team": notes})
    assert len(portfolio.people) == people_count
    for person in portfolio.people:
        assert person.photo
        assert int(evaluate_sizes(person.photo.pictures["head"].sizes, 2560, 1440, 1)) == head_width
