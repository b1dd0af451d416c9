"""The command line: `pelican-headshots COMMAND ...`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from ..images.versions import get_package_version
from ..scan.files import escape_for_terminal
from ..support.errors import HeadshotsError
from ..support.output_encoding import escape_unencodable_output

COMMANDS = {
    "init": "create a site: settings, pages and folders; existing files are kept",
    "docs": "print the folder with the documents, in Markdown; begin with tutorial.md in it",
    "inspect": "show how photos are classified",
    "review": "open a page that shows every photo, the least certain first, and saves your decisions in notes.toml",
    "export": "write each person's headshot in the usual shapes, or for LinkedIn, Teams, badges, signatures and the press",
    "advise": "give advice about headshots: focus, light, color, background, and what is inconsistent in a set",
    "plan": "show what the next build will analyze, encode, copy and remove, and why; change nothing",
    "forget-person": "list and remove what is kept about a person: notes, people files, cache, exports; name what is left",
    "gc": "remove files from the cache that no build uses any more",
    "clear-cache": "remove the whole cache and the build report; photos and notes are kept",
    "audit": "check every picture of a finished site for private data",
}
"""Name → what it does. Each is a module of this package, imported only when the command is run."""

RENAMED_COMMANDS = {"doctor": "advise", "forget": "clear-cache"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status.

    The status is 2, with a message on stderr, after an error that the user can correct, and 130 after Ctrl+C, as in
    shells. Without a command, the help is printed.
    """
    try:
        return _run(arguments)
    except KeyboardInterrupt:
        return 130


def create_parser(command_name: str | None) -> argparse.ArgumentParser:
    """Return the parser of the command line. Only the command that is named has its arguments: its module is imported."""
    parser = argparse.ArgumentParser(
        prog="pelican-headshots", description="Tools for sites that turn folders of photos into a portfolio."
    )
    parser.add_argument("--version", action="store_true", help="print the version")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, help_text in COMMANDS.items():
        command = subparsers.add_parser(name, help=help_text, description=f"{help_text[0].upper()}{help_text[1:]}.")
        if name == command_name:
            import_module(f".{_get_module_name(name)}", __package__).add(command)
    return parser


def _run(arguments: Sequence[str] | None) -> int:
    argv = list(sys.argv[1:] if arguments is None else arguments)
    command_name = next((word for word in argv if not word.startswith("-")), None)
    if command_name in RENAMED_COMMANDS:
        new_name = RENAMED_COMMANDS[command_name]
        print(f"pelican-headshots {command_name} is now called pelican-headshots {new_name}.", file=sys.stderr)
        return 2
    parser = create_parser(command_name)
    parsed = parser.parse_args(argv)
    if parsed.version:
        print(f"pelican-headshots {get_package_version('pelican-headshots') or '(not installed: run from a checkout)'}")
        return 0
    if parsed.command is None:
        parser.print_help()
        return 0
    escape_unencodable_output()
    try:
        status: int = import_module(f".{_get_module_name(parsed.command)}", __package__).run(parsed)
        sys.stdout.flush()
        return status
    except HeadshotsError as error:
        print(escape_for_terminal(str(error)), file=sys.stderr)
        return 2
    except BrokenPipeError:
        # The reader of our output (head, less) has ended. Without this, Python would report the error again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _get_module_name(command_name: str) -> str:
    return command_name.replace("-", "_")


if __name__ == "__main__":
    sys.exit(main())
