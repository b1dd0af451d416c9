"""Write the figures as one self-contained HTML page."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from . import metrics
from .corpus import LABELS
from .metrics import Pair

STYLE = """
body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1c1b19;background:#faf9f7}
h1,h2{font-weight:500}table{border-collapse:collapse;margin:1rem 0}td,th{padding:.2rem .8rem;text-align:right;
border-bottom:1px solid #ddd}td:first-child,th:first-child{text-align:left}svg{max-width:100%;height:auto}
.wrong{display:grid;grid-template-columns:repeat(auto-fill,minmax(15rem,1fr));gap:1.2rem}
figure{margin:0}img{width:100%;height:13rem;object-fit:contain;background:#e9e6e1}figcaption{font-size:13px}
.hit{background:#e4efe4}.miss{background:#f6e3df}
"""


def build_page(
    title: str, how: str, pairs: Sequence[Pair], uncounted: Mapping[str, Sequence[Pair]], corpus: Path
) -> str:
    """Return the page. *how* says which weights were used; *uncounted* are groups outside the headline figures."""
    parts = [
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style><h1>{escape(title)}</h1><p>{escape(how)}</p>",
        _table(("", "figure"), [(name, metrics.format_figure(value)) for name, value in metrics.summary(pairs).items()]),
        "<h2>Confusion</h2>", _confusion(pairs),
        "<h2>Calibration</h2>", _calibration(pairs),
        "<h2>Accuracy by coverage</h2>", _coverage(pairs),
        "<h2>By group</h2>",
        _table(
            ("", "pictures", "macro-F1", "accuracy", "share sure", "accuracy of sure"),
            [
                (name, *(metrics.format_figure(metrics.summary(part)[key]) for key in
                         ("pictures", "macro-F1", "accuracy", "share sure", "accuracy of sure")))
                for name, part in {**metrics.groups(pairs), **uncounted}.items()
            ],
        ),
        "<h2>Misclassified</h2>", '<div class="wrong">', *(_wrong(pair, corpus) for pair in _ranked(pairs)), "</div></html>",
    ]  # fmt: skip
    return "\n".join(parts)


def _ranked(pairs: Sequence[Pair]) -> list[Pair]:
    """Return the misclassified pictures, those with most confidence first."""
    return sorted((p for p in pairs if p[0].label != p[1].chosen), key=lambda pair: -pair[1].confidence)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><tr>{top}</tr>{body}</table>"


def _confusion(pairs: Sequence[Pair]) -> str:
    table = metrics.confusion(pairs)
    rows = "".join(
        f"<tr><th>{LABELS[i]}</th>"
        + "".join(f'<td class="{"hit" if i == j else "miss" if n else ""}">{n}</td>' for j, n in enumerate(row))
        + "</tr>"
        for i, row in enumerate(table)
    )
    return f"<table><tr><th>label ↓, classified as →</th>{''.join(f'<th>{name}</th>' for name in LABELS)}</tr>{rows}</table>"


def _plot(marks: str, across: str, up: str, low: float) -> str:
    lines = "".join(
        f'<line x1="40" x2="400" y1="{_y(v, low):.1f}" y2="{_y(v, low):.1f}" stroke="#ddd"/>'
        f'<text x="34" y="{_y(v, low) + 4:.1f}" text-anchor="end">{v:.2f}</text>'
        for v in (low, low + (1 - low) / 2, 1.0)
    )
    return (
        f'<svg viewBox="0 0 420 300" width="520" role="img" font-size="11" fill="#444">{lines}{marks}'
        f'<text x="220" y="296" text-anchor="middle">{across}</text><text x="40" y="12">{up}</text></svg>'
    )


def _x(value: float, low: float = 0.0) -> float:
    return 40 + 360 * (value - low) / (1 - low)


def _y(value: float, low: float) -> float:
    return 270 - 250 * (value - low) / (1 - low)


def _calibration(pairs: Sequence[Pair]) -> str:
    ends = f'x1="{_x(0.3, 0.3)}" y1="{_y(0.3, 0.3)}" x2="{_x(1, 0.3)}" y2="{_y(1, 0.3)}"'
    marks = f'<line {ends} stroke="#999" stroke-dasharray="4"/>'
    for confidence, accuracy, count in metrics.calibration(pairs):
        marks += (
            f'<circle cx="{_x(max(confidence, 0.3), 0.3):.1f}" cy="{_y(max(accuracy, 0.3), 0.3):.1f}" '
            f'r="{3 + count**0.5 / 2:.1f}" fill="#8a5a2b" fill-opacity=".7"><title>{count}</title></circle>'
        )
    return _plot(marks, "confidence, 0.3 to 1", "accuracy", 0.3)


def _coverage(pairs: Sequence[Pair]) -> str:
    points = " ".join(f"{_x(kept):.1f},{_y(max(good, 0.8), 0.8):.1f}" for kept, good in metrics.coverage(pairs))
    return _plot(
        f'<polyline points="{points}" fill="none" stroke="#8a5a2b" stroke-width="2"/>', "coverage", "accuracy", 0.8
    )


def _wrong(pair: Pair, corpus: Path) -> str:
    sample, predicted = pair
    notes = sample.label_row.get("notes", "")
    return (
        f'<figure><img alt="" src="{_thumbnail(corpus / sample.file)}"><figcaption><b>{escape(sample.file)}</b> label '
        f"{LABELS[sample.label]}, classified as {LABELS[predicted.chosen]}, {predicted.confidence * 100:.0f} %<br>"
        f"{escape('; '.join(predicted.reasons))}{'<br><i>' + escape(notes) + '</i>' if notes else ''}</figcaption></figure>"
    )


def _thumbnail(file: Path) -> str:
    """Return a small JPEG as a data URL."""
    from PIL import Image, ImageOps

    with Image.open(file) as image:
        image.draft("RGB", (480, 480))
        small = ImageOps.exif_transpose(image).convert("RGB")
        small.thumbnail((360, 360))
        data = io.BytesIO()
        small.save(data, "JPEG", quality=70)
    return "data:image/jpeg;base64," + base64.b64encode(data.getvalue()).decode()
