"""The rights of a photo are completed with those of the site."""

from __future__ import annotations

from pelican_headshots.values.rendition import Rights
from tests.support.metadata import RIGHTS


def test_rights_of_the_site_fill_gaps_but_not_in_photos_by_somebody_else() -> None:
    assert Rights().fill_from(RIGHTS) == RIGHTS
    assert Rights(creator="zoë example", credit="Own").fill_from(RIGHTS).credit == "Own"
    assert Rights(creator="zoë example").fill_from(RIGHTS).copyright == RIGHTS.copyright
    assert Rights(creator="Somebody Else").fill_from(RIGHTS) == Rights(creator="Somebody Else")
    assert Rights(copyright="© Somebody Else").fill_from(RIGHTS) == Rights(copyright="© Somebody Else")
