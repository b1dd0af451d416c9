"""Looking at every picture of a corpus, in several processes."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..adapters.measuring.senses import INNER, NEAR, READS
from ..adapters.measuring.sight import Frame

if TYPE_CHECKING:
    from ..adapters.looking.looker import Looker


VARIANTS = ("", "mirrored")
"""Of a picture and its mirror image the same one is always looked at; fitting sees the other one as well."""


def measured_corpus(corpus: Path, workers: int, variants: bool = False) -> dict[str, Any]:
    """File name → `features` (senses left out: they are fitted) and the inner maps they read.

    With *variants* also `file name|mirrored`, which only fitting needs.
    """
    names = sorted(file.name for file in corpus.iterdir() if file.suffix.lower() in {".jpg", ".jpeg", ".png"})
    wanted = [f"{name}|{how}" if how else name for how in (VARIANTS if variants else ("",)) for name in names]
    parts = [wanted[i::workers] for i in range(workers)]
    with ProcessPoolExecutor(workers) as pool:
        done = list(pool.map(_part, [corpus] * workers, parts))
    return {name: found for part in done for name, found in part.items()}


def _part(corpus: Path, names: list[str]) -> dict[str, Any]:
    from ..adapters.looking.looker import Looker
    from ..adapters.looking.models import find
    from ..adapters.pictures.pixels import frame
    from ..tasks import LONG_SIDE

    found: dict[str, Any] = {}
    with Looker(find()) as looker:
        for name in names:
            file, _, how = name.partition("|")
            found[name] = _one(looker, _varied(frame((corpus / file).read_bytes(), LONG_SIDE, 1 << 30).pixels, how))
    return found


def _varied(pixels: Frame, how: str) -> Frame:
    """*pixels* as the looker turns it, or the other way round."""
    from ..adapters.looking.places import lighter_right

    return np.ascontiguousarray(pixels[:, ::-1]) if lighter_right(pixels) != (how == "mirrored") else pixels


def _one(looker: Looker, pixels: Frame) -> dict[str, Any]:
    from ..adapters.measuring.measure import known

    sights = looker.sights(pixels)
    analysis = known(sights, pixels)
    return {
        "people": analysis.people,
        "faces": len(analysis.faces),
        "features": {key: value for key, value in analysis.features.items() if key not in {*READS, NEAR}},
        **{name: np.round(getattr(sights[0], name).astype(float), 4).tolist() for name in INNER},
    }
