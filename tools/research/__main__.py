"""Run a research command: `python -m tools.research COMMAND ...` in the root of a checkout."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from pelican_headshots.support.errors import HeadshotsError

COMMANDS = {
    "measure_corpus": "analyze every labeled picture once and write the features",
    "evaluate": "measure how well photos are classified",
    "fit_classifier": "fit the weights of the classifier",
    "single_readings": "count how often one reading alone changes the kind, and is named",
    "stage_costs": "measure the processor time of each stage of the analysis",
    "check_angles": "compare yaw, pitch, roll and gaze with known angles",
    "check_eye_line": "measure where the eyes are in rendered crops of headshots",
    "advice_defects": "add defects to good headshots and count how many `advise` finds",
    "measure_quality": "measure how photos look at several qualities",
}
"""Name → what it does. Each is a module with a function `main`, imported only when its command runs."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command with the arguments that follow its name, and return its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.research",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="\n".join(f"  {name:16} {description}" for name, description in COMMANDS.items()),
    )
    parser.add_argument("command", metavar="COMMAND", choices=COMMANDS, help="one of the commands below")
    parser.add_argument(
        "arguments", metavar="...", nargs=argparse.REMAINDER, help="arguments of the command: see COMMAND --help"
    )
    given = parser.parse_args(arguments)
    try:
        status: int = import_module(f".{given.command}", __package__).main(given.arguments)
    except HeadshotsError as error:
        print(error, file=sys.stderr)
        return 2
    return status


if __name__ == "__main__":
    sys.exit(main())
