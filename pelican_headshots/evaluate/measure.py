"""Looking at every picture of a corpus, in several processes."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from ..adapters.senses import READS


def measured_corpus(corpus: Path, workers: int) -> dict[str, Any]:
    """File name → `features` (senses left out: they are fitted) and the inner maps they read, `scene` and `outline`."""
    names = sorted(file.name for file in corpus.iterdir() if file.suffix.lower() in {".jpg", ".jpeg", ".png"})
    parts = [names[i::workers] for i in range(workers)]
    with ProcessPoolExecutor(workers) as pool:
        done = list(pool.map(_part, [corpus] * workers, parts))
    return {name: found for part in done for name, found in part.items()}


def _part(corpus: Path, names: list[str]) -> dict[str, Any]:
    from ..adapters.looking import Looker
    from ..adapters.measuring import measured
    from ..adapters.models import find
    from ..adapters.pixels import frame
    from ..tasks import LONG_SIDE

    found: dict[str, Any] = {}
    with Looker(find()) as looker:
        for name in names:
            pixels = frame((corpus / name).read_bytes(), LONG_SIDE, 1 << 30).pixels
            sight = looker.see(pixels)
            analysis = measured(sight, pixels)
            found[name] = {
                "people": analysis.people,
                "faces": len(analysis.faces),
                "features": {key: value for key, value in analysis.features.items() if key not in READS},
                "scene": [round(float(value), 4) for value in sight.scene],
                "outline": [round(float(value), 4) for value in sight.outline],
            }
    return found
