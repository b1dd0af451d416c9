"""The command line's door: `pelican-headshots COMMAND ...`."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from ..images.versions import get_package_version
from ..scan.files import escape_for_terminal
from ..support.errors import HeadshotsError

COMMANDS = {
    "init": "begin a site: write its settings, pages and folders, over nothing that is there",
    "inspect": "look at photographs and say how each is judged",
    "review": "open a page that shows every photograph, the least sure first, and write what you decide into notes.toml",
    "export": "write everybody's headshot as people ask for it: square, circle, upright, for a talk, for a signature",
    "advise": "give advice about headshots: focus, light, colour, backdrop, and what breaks a set",
    "plan": "say what the next build will look at, encode, copy and remove, and why; touch nothing",
    "gc": "remove from the cache what no build names any more",
    "clear-cache": "remove the whole cache and the build report: everything that was measured or made",
    "audit": "read every picture of a finished site and find what it gives away",
}
"""Name → what it does. Each is a module of this package, imported only when it is asked for."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; its exit status is the answer.

    2, and a sentence on stderr, where there is trouble; 130 after Ctrl+C, as shells have it. Without a command: help.
    """
    try:
        return _run(arguments)
    except KeyboardInterrupt:
        return 130


def _run(arguments: Sequence[str] | None) -> int:
    parser = argparse.ArgumentParser(
        prog="pelican-headshots", description="A folder of photographs becomes a portfolio: tools beside the build."
    )
    parser.add_argument("--version", action="store_true", help="print the version")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND")
    argv = list(sys.argv[1:] if arguments is None else arguments)
    command_name = next((word for word in argv if not word.startswith("-")), None)
    for name, help_text in COMMANDS.items():
        command = subparsers.add_parser(name, help=help_text, description=f"{help_text[0].upper()}{help_text[1:]}.")
        if name == command_name:
            import_module(f".{_get_module_name(name)}", __package__).add(command)
    parsed = parser.parse_args(argv)
    if parsed.version:
        print(f"pelican-headshots {get_package_version('pelican-headshots') or '(not installed: a bare checkout)'}")
        return 0
    if parsed.command is None:
        parser.print_help()
        return 0
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal of fewer letters than a file's name has
    try:
        status: int = import_module(f".{_get_module_name(parsed.command)}", __package__).run(parsed)
        sys.stdout.flush()
        return status
    except HeadshotsError as wrong:
        print(escape_for_terminal(str(wrong)), file=sys.stderr)
        return 2
    except BrokenPipeError:
        # Whoever read our output (head, less) has seen enough; Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


if __name__ == "__main__":
    sys.exit(main())


def _get_module_name(command_name: str) -> str:
    return command_name.replace("-", "_")
