"""Make the corpus that ships: `python scripts/make_corpus.py --out data`; --check compares instead."""

import argparse
import sys
from pathlib import Path

from corpus import splits, statistics


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line and write, check or describe; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--out", type=Path, default=Path("data"), metavar="DIR", help="folder of the files (data)"
    )
    parser.add_argument(
        "--check", action="store_true", help="exit 1 unless DIR holds exactly what would be made"
    )
    parser.add_argument(
        "--stats", action="store_true", help="print figures about the corpus (needs sacrebleu)"
    )
    options = parser.parse_args(arguments)

    corpus = splits.make()
    if options.stats:
        for what, value in statistics.rows(corpus):
            print(f"| {what} | {value} |")
    if options.check:
        different = splits.differing(corpus, options.out)
        for name in different:
            print(f"{options.out / name}: not what the script makes", file=sys.stderr)
        return 1 if different else 0
    if not options.stats:
        splits.write(corpus, options.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
