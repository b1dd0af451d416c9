"""Write `docs/settings.md` from the definitions of the settings. With --check: only say whether it is out of date.

python tools/scripts/settings_reference.py [--check]
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from pelican_headshots.settings import Settings
from tools.scripts.references import write_or_check

TARGET = Path(__file__).resolve().parents[2] / "docs" / "settings.md"

HEAD = """# Settings

Settings are keys of one dictionary in `pelicanconf.py`. Each has a default, so none is required:

```python
HEADSHOTS = {"quality": "archival", "max_width": 3200}
```

They are checked before anything is written: an unknown name or a value that cannot be used stops the build with a message,
and the site from the last build stays as it is:

```console
$ pelican content
CRITICAL SettingsError: HEADSHOTS in pelicanconf.py cannot be used: there is no 'qualty'. Did you mean 'quality'?
```

This page is generated from the definitions in `pelican_headshots/settings.py` by `tools/scripts/settings_reference.py`.
"""

TYPE_NAMES = {
    "string": "Text",
    "boolean": "`True` or `False`",
    "integer": "A whole number",
    "number": "A number",
    "null": "`None`",
}


def build_reference() -> str:
    """Return the text of the page."""
    schema = msgspec.json.schema(Settings)
    parts = schema["$defs"]
    lines = [HEAD]
    for field in msgspec.structs.fields(Settings):
        schema_part = parts["Settings"]["properties"][field.name]
        lines.append(f"## {field.name}\n\n{schema_part.get('description', '').strip()}\n")
        default = {} if field.default is msgspec.NODEFAULT else field.default
        lines.append(f"{_describe_type(schema_part, parts)}. Default: `{_format_value(default)}`.\n")
        if definition := _find_definition_name(schema_part):
            rows = parts[definition]["properties"].items()
            lines.append("| | |\n|---|---|\n" + "".join(f"| `{name}` | {row['description']} |\n" for name, row in rows))
    return "\n".join(lines)


def _describe_type(schema_part: dict[str, Any], parts: dict[str, Any]) -> str:
    if "enum" in schema_part:
        return "One of " + ", ".join(f"`{_format_value(choice)}`" for choice in schema_part["enum"])
    if "anyOf" in schema_part:
        return ", or ".join(
            _describe_type({**schema_part, **one, "anyOf": None} if one.get("anyOf") else one, parts)
            for one in schema_part["anyOf"]
        )
    if "additionalProperties" in schema_part:
        is_text = schema_part["additionalProperties"].get("type") == "string"
        return f"A dictionary of names, each with {'a text' if is_text else 'a dictionary of the following'}"
    if _find_definition_name(schema_part):
        return "A dictionary with any of the following"
    kind = schema_part.get("type")
    if kind == "array":
        return "A list of " + _describe_type(schema_part["items"], parts).replace("One of", "any of")
    low, high = schema_part.get("minimum"), schema_part.get("maximum")
    bounds = (
        f" from {low} to {high}" if low is not None and high is not None else f" from {low}" if low is not None else ""
    )
    return TYPE_NAMES.get(str(kind), "Any value") + bounds


def _find_definition_name(schema_part: dict[str, Any]) -> str:
    """Return the name of the definition of a setting that is or may be a dictionary; empty for other settings."""
    of_names = schema_part.get("additionalProperties") or {}
    for one in (schema_part, of_names, *schema_part.get("allOf", ()), *(schema_part.get("anyOf") or ())):
        if "$ref" in one:
            return str(one["$ref"]).rpartition("/")[2]
    return ""


def _format_value(value: Any) -> str:
    if isinstance(value, msgspec.Struct):
        return repr({name: each for name, each in msgspec.structs.asdict(value).items() if each})
    return repr(list(value)) if isinstance(value, tuple) else repr(value)


if __name__ == "__main__":
    write_or_check(TARGET, build_reference())
