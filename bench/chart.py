"""Draws what `python -m bench --json FILE` wrote, as bars in an SVG: `python -m bench.chart FILE TARGET.svg`."""

from __future__ import annotations

import json
import sys
from html import escape
from pathlib import Path
from statistics import median

WIDE, BAR, GAP, LEFT = 760, 16, 6, 190


def read_medians(file: Path) -> dict[tuple[str, str], dict[str, float]]:
    """(work, scenario) → tool → median processor seconds."""
    found: dict[tuple[str, str], dict[str, list[float]]] = {}
    for line in file.read_text().splitlines():
        row = json.loads(line)
        found.setdefault((row["work"], row["scenario"]), {}).setdefault(row["tool"], []).append(row["cpu"])
    return {key: {tool: median(costs) for tool, costs in tools.items()} for key, tools in found.items()}


def draw_chart(found: dict[tuple[str, str], dict[str, float]]) -> str:
    """The SVG. Each group has a scale of its own: within it the lengths can be compared."""
    parts: list[str] = []
    y = 10
    for (work, scenario), tools in found.items():
        y += 22
        parts.append(f'<text x="0" y="{y}" class="h">{escape(f"{scenario}, {work}")}: processor seconds</text>')
        y += 8
        most = max(tools.values())
        for tool, cost in sorted(tools.items(), key=lambda item: item[1]):
            long = max(1.0, (WIDE - LEFT - 70) * cost / most)
            kind = "ours" if tool in ("ours", "whole") else "other"
            parts.append(f'<text x="{LEFT - 8}" y="{y + BAR - 4}" text-anchor="end">{escape(tool)}</text>')
            parts.append(f'<rect x="{LEFT}" y="{y}" width="{long:.1f}" height="{BAR}" class="{kind}"/>')
            parts.append(f'<text x="{LEFT + long + 6:.1f}" y="{y + BAR - 4}">{cost:.2f}</text>')
            y += BAR + GAP
    style = (
        "text{font:12px system-ui,sans-serif;fill:#444}.h{font-weight:600}.ours{fill:#b4552d}.other{fill:#b9b4ac}"
        "@media(prefers-color-scheme:dark){text{fill:#ccc}.other{fill:#6b6762}}"
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {y + 10}" role="img">'
        f"<title>What builds cost</title><style>{style}</style>{''.join(parts)}</svg>\n"
    )


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(draw_chart(read_medians(Path(sys.argv[1]))))
