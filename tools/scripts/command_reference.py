"""Write `docs/commands.md` from the definitions of the commands. With --check: only say whether it is out of date.

python tools/scripts/command_reference.py [--check]
"""

from __future__ import annotations

import argparse
from pathlib import Path

from pelican_headshots.cli.main import COMMANDS, create_parser
from tools.scripts.references import write_or_check

TARGET = Path(__file__).resolve().parents[2] / "docs" / "commands.md"

HEAD = """# Commands

```console
$ pelican-headshots --version
$ pelican-headshots inspect --help
```

A site is built by Pelican's own command, `pelican content`. The commands on this page do the rest: begin a site, check and
correct it, look at what a build would do, and clean up. Those that work on a site are called in its folder, or with
`--settings`.

A command ends with the exit status 0 if all went well; 1 if `audit` found something, or nothing could be done for now (a
build is running, a file cannot be written); 2, after a message, if you have to correct something; 130 after Ctrl+C.

This page is generated from the definitions in `pelican_headshots/cli/` by `tools/scripts/command_reference.py`.
"""


def build_reference() -> str:
    """Return the text of the page."""
    return HEAD + "".join(_describe_command(name, help_text) for name, help_text in COMMANDS.items())


def _describe_command(name: str, help_text: str) -> str:
    actions = [action for action in find_parser(name)._actions if action.dest != "help"]
    arguments = [_format_argument(action) for action in actions if not action.option_strings]
    usage = " ".join(["pelican-headshots", name, *(["[OPTIONS]"] if len(arguments) < len(actions) else []), *arguments])
    rows = "".join(f"| {_format_names(action)} | {_format_help(action)} |\n" for action in actions)
    table = f"\n| | |\n|---|---|\n{rows}" if rows else ""
    return f"\n## {name}\n\n{help_text[0].upper()}{help_text[1:]}.\n\n```text\n{usage}\n```\n{table}"


def find_parser(name: str) -> argparse.ArgumentParser:
    """Return the parser of a command, with its arguments."""
    (subparsers,) = (
        action for action in create_parser(name)._actions if isinstance(action, argparse._SubParsersAction)
    )
    parser: argparse.ArgumentParser = subparsers.choices[name]
    return parser


def _format_argument(action: argparse.Action) -> str:
    name = _format_value(action)
    if action.nargs in ("*", "+"):
        name += " ..."
    return f"[{name}]" if action.nargs in ("?", "*") else name


def _format_names(action: argparse.Action) -> str:
    if not action.option_strings:
        return f"`{_format_value(action)}`"
    value = "" if action.nargs == 0 else f" {_format_value(action)}"
    return ", ".join(f"`{option}{value}`" for option in action.option_strings)


def _format_value(action: argparse.Action) -> str:
    """Return what stands for the value of an argument, as in its help."""
    name = action.dest if not action.option_strings else action.dest.upper()
    return str(action.metavar or name)


def _format_help(action: argparse.Action) -> str:
    text = argparse.HelpFormatter("")._expand_help(action).replace("|", "\\|") if action.help else ""
    choices = ", ".join(f"`{choice}`" for choice in action.choices or ())
    return f"{text}. One of {choices}" if choices else text


if __name__ == "__main__":
    write_or_check(TARGET, build_reference())
