"""The time that `pelican --autoreload` waits after failed builds."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from pelican_headshots.livereload import autoreload
from pelican_headshots.pipeline.site_build import SiteBuild


def test_only_builds_that_fail_one_after_another_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr(autoreload.time, "sleep", waits.append)
    session = autoreload.AutoreloadSession()
    session.back_off()
    assert not waits
    session.back_off()
    assert len(waits) == 1
    session.end_build(cast(SiteBuild, SimpleNamespace(final_plan=None)))
    session.back_off()
    assert len(waits) == 1
