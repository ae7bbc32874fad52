"""`python -m workshop.rehearsal`: see the package."""

import argparse
import sys
from pathlib import Path

from workshop.rehearsal.play import Rehearsal, play


def main() -> int:
    parser = argparse.ArgumentParser(description="Play a whole workshop with made-up people.")
    parser.add_argument("--pack", default="all-in-this-together")
    parser.add_argument("--people", type=int, default=30)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, default=Path("rehearsal"))
    parser.add_argument("--data", type=Path, help="keep the database in this folder; else it is thrown away")
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    parser.add_argument("--minutes", type=int, help="one of the pack's shorter runs")
    parser.add_argument("--watch", action="store_true", help="show it in a split page, slowly")
    parser.add_argument("--no-pictures", dest="pictures", action="store_false")
    play(Rehearsal(**vars(parser.parse_args())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
