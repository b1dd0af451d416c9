"""What a build does and why."""

from __future__ import annotations

from pelican_headshots.publish import changes
from pelican_headshots.values.notes import Notes
from tests.support.photos import as_portrait, compose_photos, photo


def test_changed_options_are_given_as_the_reason_for_encoding_again() -> None:
    notes = {"a": Notes(photos=as_portrait("a.jpg"))}
    _, before = compose_photos([photo("a/a.jpg")], notes)
    _, lower = compose_photos([photo("a/a.jpg")], notes, leeway=12)
    recipes = {changes.strip_url_tag(url) for url in before.cache_keys}
    reasons = {
        changes.explain_encoding(url, "a/a.jpg", {}, before.cache_keys, recipes)
        for url in set(lower.cache_keys) - set(before.cache_keys)
    }
    assert reasons == {changes.REASON_OPTIONS_CHANGED}
