"""The study behind docs/attention-study.md: every attention of configs/attention/ trained and measured alike.

    python scripts/study_attention.py run                              # all rows that have no card yet
    python scripts/study_attention.py run multi30k --jobs 2            # one corpus, two rows at once
    python scripts/study_attention.py run multi30k-dot --retry         # again, though its card says that it failed
    python scripts/study_attention.py run heads-one-seed-2             # one seed of a row that has several
    python scripts/study_attention.py text                             # cut the Europarl text; `run` does so itself
    python scripts/study_attention.py speed                            # how fast each row trains, by turns in one run
    python scripts/study_attention.py page                             # the page and its pictures, from the cards alone

A row is trained by what `nmt train` runs, in runs/study/, evaluated, and leaves a card in docs/study/. Killed, the same
command goes on where it was. `--set` is for trying the study out; its cards then belong elsewhere (`--cards`).
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from nmt.errors import ConfigErrors, NmtError, UsageError
from nmt.machine import settle

settle()

from study import cards, europarl, page, runner, significance, single, speed
from study.rows import CORPORA, Places, Row, chosen


def main(arguments: Sequence[str] | None = None) -> int:
    """Parses the command line and does it; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        match options.command:
            case "run":
                return _run(_places(options), options)
            case "row":
                return _row(_places(options), options)
            case "text":
                print("\n".join(map(str, europarl.make())))
            case "speed":
                _speed(_places(options), options)
            case _:
                page.write(_places(options), options.out)
        return 0
    except runner.Busy as error:
        print(f"study_attention: error: {error}", file=sys.stderr)
        return 1
    except NmtError as error:
        what = "; ".join(error.problems) if isinstance(error, ConfigErrors) else str(error)
        print(f"study_attention: error: {what}", file=sys.stderr)
        return error.exit_code


def _places(options: argparse.Namespace) -> Places:
    return Places(configs=options.configs, runs=options.runs, cards=options.cards)


def _run(places: Places, options: argparse.Namespace) -> int:
    rows = chosen(options.rows)
    runner.settle_signals()
    with runner.only_one(places.runs) as lock:
        stopped = runner.run_rows(
            places,
            runner.due(places, rows, retry=options.retry),
            lambda row: _command(row, options),
            jobs=options.jobs,
            lock=lock,
            failed=lambda row, why: cards.failed(
                places, row, single.command(places, row, _changes(options)), why
            ),
            say=lambda line: print(line, file=sys.stderr, flush=True),
        )
        for corpus in {row.corpus: None for row in rows}:
            significance.compare(places, corpus)
    return 1 if stopped else 0


def _speed(places: Places, options: argparse.Namespace) -> None:
    for corpus in options.corpora or CORPORA:
        if corpus not in CORPORA:
            raise UsageError(
                "command line", f"no corpus is called {corpus!r}", f"there are {', '.join(CORPORA)}"
            )
        rates = speed.measure(
            places,
            corpus,
            rounds=options.rounds,
            threads=options.threads,
            say=lambda line: print(line, file=sys.stderr, flush=True),
        )
        for name, rate in rates.items():
            print(f"{corpus}-{name}\t{rate:,.1f}")


def _command(row: Row, options: argparse.Namespace) -> list[str]:
    words = [sys.executable, str(Path(__file__)), "row", row.key, "--threads", str(options.threads)]
    for name in ("configs", "runs", "cards"):
        words += [f"--{name}", str(getattr(options, name))]
    return words + [word for one in options.set for word in ("--set", one)]


def _changes(options: argparse.Namespace) -> list[str]:
    return [*options.set, f"training.threads={options.threads}"]


def _row(places: Places, options: argparse.Namespace) -> int:
    (row,) = chosen([options.row])
    ended = single.make(places, row, _changes(options), workers=options.threads)
    return 128 + ended if ended else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="train and measure the rows that have no card")
    run.add_argument("rows", nargs="*", metavar="ROW", help=f"a row, or a corpus: {', '.join(CORPORA)} [all]")
    run.add_argument("--jobs", type=int, default=1, metavar="N", help="rows at once [1]")
    run.add_argument("--retry", action="store_true", help="also rows whose card says that they failed")
    one = commands.add_parser("row", help="one row, here and now")
    one.add_argument("row", metavar="ROW")
    fast = commands.add_parser("speed", help="time every row's updates, by turns in one run")
    fast.add_argument("corpora", nargs="*", metavar="CORPUS", help=f"of {', '.join(CORPORA)} [all]")
    fast.add_argument("--rounds", type=int, default=20, metavar="N", help="updates of each row [20]")
    fast.add_argument("--threads", type=int, default=1, metavar="N", help="threads of an update [1]")
    for each in (run, one):
        each.add_argument("--threads", type=int, default=1, metavar="N", help="threads of a row [1]")
        each.add_argument(
            "--set", action="append", default=[], metavar="KEY=VALUE", help="override a config key"
        )
    commands.add_parser("text", help="cut and split the Europarl text")
    write = commands.add_parser("page", help="write the page and its pictures from the cards")
    write.add_argument("--out", type=Path, default=Path("docs/attention-study.md"), metavar="FILE")
    for each in (run, one, fast, write):
        each.add_argument("--configs", type=Path, default=Places.configs, metavar="DIR")
        each.add_argument("--runs", type=Path, default=Places.runs, metavar="DIR")
        each.add_argument("--cards", type=Path, default=Places.cards, metavar="DIR")
    return parser


if __name__ == "__main__":
    sys.exit(main())
