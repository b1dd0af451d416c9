"""Draw the figures of `python -m bench --json FILE` as a bar chart: `python -m bench.chart FILE TARGET.svg`."""

from __future__ import annotations

import json
import sys
from html import escape
from pathlib import Path
from statistics import median

WIDTH, BAR_HEIGHT, GAP, LEFT = 760, 16, 6, 190


def read_medians(file: Path) -> dict[tuple[str, str], dict[str, float]]:
    """Return (work, scenario) → tool → median processor seconds."""
    found: dict[tuple[str, str], dict[str, list[float]]] = {}
    for line in file.read_text().splitlines():
        row = json.loads(line)
        found.setdefault((row["work"], row["scenario"]), {}).setdefault(row["tool"], []).append(row["cpu"])
    return {key: {tool: median(costs) for tool, costs in tools.items()} for key, tools in found.items()}


def draw_chart(found: dict[tuple[str, str], dict[str, float]]) -> str:
    """Return the SVG. Each group has its own scale."""
    parts: list[str] = []
    y = 10
    for (work, scenario), tools in found.items():
        y += 22
        parts.append(f'<text x="0" y="{y}" class="h">{escape(f"{scenario}, {work}")}: processor seconds</text>')
        y += 8
        most = max(tools.values())
        for tool, cost in sorted(tools.items(), key=lambda item: item[1]):
            length = max(1.0, (WIDTH - LEFT - 70) * cost / most)
            css_class = "ours" if tool in ("ours", "whole") else "other"
            parts.append(f'<text x="{LEFT - 8}" y="{y + BAR_HEIGHT - 4}" text-anchor="end">{escape(tool)}</text>')
            parts.append(f'<rect x="{LEFT}" y="{y}" width="{length:.1f}" height="{BAR_HEIGHT}" class="{css_class}"/>')
            parts.append(f'<text x="{LEFT + length + 6:.1f}" y="{y + BAR_HEIGHT - 4}">{cost:.2f}</text>')
            y += BAR_HEIGHT + GAP
    style = (
        "text{font:12px system-ui,sans-serif;fill:#444}.h{font-weight:600}.ours{fill:#b4552d}.other{fill:#b9b4ac}"
        "@media(prefers-color-scheme:dark){text{fill:#ccc}.other{fill:#6b6762}}"
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y + 10}" role="img">'
        f"<title>Cost of a build</title><style>{style}</style>{''.join(parts)}</svg>\n"
    )


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(draw_chart(read_medians(Path(sys.argv[1]))))
