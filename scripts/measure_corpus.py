"""Measure every picture of a corpus once: CORPUS OUT.json [--workers N].

Writes one JSON object: file name → analysis. `fit_judge.py` and `evaluate` read it, so that neither looks twice.
"""

from __future__ import annotations

import argparse
import json
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import msgspec


def measured(folder: str, names: list[str]) -> dict[str, Any]:
    """What the looking finds in each of *names*, as plain JSON values."""
    from pelican_headshots.adapters.looking import Looker
    from pelican_headshots.adapters.models import find
    from pelican_headshots.adapters.pixels import frame
    from pelican_headshots.tasks import LONG_SIDE

    with Looker(find()) as looker:
        return {
            name: msgspec.to_builtins(looker.look(frame((Path(folder) / name).read_bytes(), LONG_SIDE, 1 << 30).pixels))
            for name in names
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    names = sorted(file.name for file in given.corpus.glob("*.jpg"))
    parts = [names[i :: given.workers] for i in range(given.workers)]
    with ProcessPoolExecutor(given.workers) as pool:
        done = list(pool.map(measured, [str(given.corpus)] * len(parts), parts))
    everything = {name: found for part in done for name, found in part.items()}
    given.out.write_text(json.dumps(everything, sort_keys=True), encoding="utf-8")


if __name__ == "__main__":
    main()
