"""Writes `docs/settings.md` from the settings' own definitions. With --check: says whether it has drifted.

python scripts/settings_reference.py [--check]
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import msgspec

from pelican_headshots.settings import Settings

TARGET = Path(__file__).resolve().parent.parent / "docs" / "settings.md"

HEAD = """# Settings

All of them live in one dictionary in `pelicanconf.py`, and all have a default, so that none is needed:

```python
HEADSHOTS = {"quality": "archival", "max_width": 3200}
```

They are read and checked before anything is touched: a name that does not exist, or a value that cannot be used, ends the
build with a sentence, and the old site stays as it was. This page is made from their definitions by
`scripts/settings_reference.py`.
"""

WORDS = {
    "string": "Text",
    "boolean": "`True` or `False`",
    "integer": "A whole number",
    "number": "A number",
    "null": "`None`",
}


def build_reference() -> str:
    """The page."""
    schema = msgspec.json.schema(Settings)
    parts = schema["$defs"]
    lines = [HEAD]
    for field in msgspec.structs.fields(Settings):
        about = parts["Settings"]["properties"][field.name]
        lines.append(f"## {field.name}\n\n{about.get('description', '').strip()}\n")
        lines.append(f"{_describe_type(about, parts)}. Default: `{_format_value(field.default)}`.\n")
        if within := _find_definition_name(about):
            rows = parts[within]["properties"].items()
            lines.append("| | |\n|---|---|\n" + "".join(f"| `{name}` | {row['description']} |\n" for name, row in rows))
    return "\n".join(lines)


def _describe_type(about: dict[str, Any], parts: dict[str, Any]) -> str:
    if "enum" in about:
        return "One of " + ", ".join(f"`{_format_value(choice)}`" for choice in about["enum"])
    if "anyOf" in about:
        return ", or ".join(
            _describe_type({**about, **one, "anyOf": None} if one.get("anyOf") else one, parts)
            for one in about["anyOf"]
        )
    if _find_definition_name(about):
        return "A dictionary with any of the following"
    kind = about.get("type")
    if kind == "array":
        return "A list of " + _describe_type(about["items"], parts).replace("One of", "any of")
    if kind == "object":
        return "A dictionary"
    low, high = about.get("minimum"), about.get("maximum")
    bounds = (
        f" from {low} to {high}" if low is not None and high is not None else f" from {low}" if low is not None else ""
    )
    return WORDS.get(str(kind), "Any value") + bounds


def _find_definition_name(about: dict[str, Any]) -> str:
    """What the dictionary that a setting is, or may be, is called among the definitions; empty for other settings."""
    for one in (about, *about.get("allOf", ()), *(about.get("anyOf") or ())):
        if "$ref" in one:
            return str(one["$ref"]).rpartition("/")[2]
    return ""


def _format_value(value: Any) -> str:
    if isinstance(value, msgspec.Struct):
        said = {name: each for name, each in msgspec.structs.asdict(value).items() if each}
        return repr(said)
    return repr(list(value)) if isinstance(value, tuple) else repr(value)


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(
            0
            if TARGET.read_text(encoding="utf-8") == build_reference()
            else f"{TARGET.name} has drifted: run this without --check."
        )
    TARGET.write_text(build_reference(), encoding="utf-8")
