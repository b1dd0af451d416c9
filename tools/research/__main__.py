"""`python -m tools.research COMMAND ...`, from the root of a checkout."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from pelican_headshots.support.errors import HeadshotsError

COMMANDS = {
    "measure_corpus": "look at every labelled picture once and keep what was measured",
    "evaluate": "say how well photographs are told apart",
    "fit_judge": "fit the weights that tell them apart",
    "check_angles": "hold yaw, pitch, roll and gaze against known angles",
    "check_line": "measure where eyes stand in rendered crops of headshots",
    "doctor_defects": "damage good headshots and count which damages the doctor finds",
    "quality_data": "measure how pictures take to compression",
    "fit_quality": "fit the choice of quality to that",
}
"""Name → what it does. Each is a module with a function `main`, imported only when it is asked for."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command on the arguments that follow its name."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.research",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="\n".join(f"  {name:16} {words}" for name, words in COMMANDS.items()),
    )
    parser.add_argument("command", metavar="COMMAND", choices=COMMANDS, help="one of those below")
    parser.add_argument("arguments", metavar="...", nargs=argparse.REMAINDER, help="its own; COMMAND --help tells them")
    given = parser.parse_args(arguments)
    try:
        status: int = import_module(f".{given.command}", __package__).main(given.arguments)
    except HeadshotsError as wrong:
        print(wrong, file=sys.stderr)
        return 2
    return status


if __name__ == "__main__":
    sys.exit(main())
