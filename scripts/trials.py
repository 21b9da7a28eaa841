"""Trials: what lifts a model, found by measuring on the validation set alone. Every trial leaves a card; failures too.

    python scripts/trials.py run docs/trials/NAME.yaml                       # all trials that have no card yet
    python scripts/trials.py run docs/trials/NAME.yaml r-drop --jobs 2       # one of them
    python scripts/trials.py run docs/trials/NAME.yaml --retry               # also those whose card says they failed
    python scripts/trials.py page docs/trials/NAME.yaml                      # docs/trials/NAME.md, from the cards alone

A list names a config, a budget that all trials share, and what each changes, as `nmt train --set` takes it:

    base: configs/multi30k-en-de-rnn-bahdanau.yaml
    budget: {training.max_steps: 2000}
    trials:
      base: []
      r-drop: {training.r_drop: 2.5, note: "half of the paper's 5"}
      cooldown: ["training.schedule={type: inverse_sqrt, decay: 0.25}"]

A trial is trained by what `nmt train` runs, in runs/trials/NAME/; its best checkpoint translates the validation set at
several length exponents, and its card goes to docs/trials/NAME/. Killed, the same command goes on where it was.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from nmt.errors import ConfigErrors, NmtError
from nmt.machine import settle

settle()

from study import runner
from trial import listing, page, single
from trial.listing import Trial, Trials


def main(arguments: Sequence[str] | None = None) -> int:
    """Parses the command line and does it; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        trials = listing.read(options.list, options.runs)
        match options.command:
            case "run":
                return _run(trials, options)
            case "trial":
                return _trial(trials, options)
            case _:
                page.write(trials)
        return 0
    except runner.Busy as error:
        print(f"trials: error: {error}", file=sys.stderr)
        return 1
    except NmtError as error:
        what = "; ".join(error.problems) if isinstance(error, ConfigErrors) else str(error)
        print(f"trials: error: {what}", file=sys.stderr)
        return error.exit_code


def _run(trials: Trials, options: argparse.Namespace) -> int:
    chosen = trials.chosen(options.trials)
    trials.refuse_stale(chosen)
    runner.settle_signals()
    with runner.only_one(trials.runs) as lock:
        stopped = runner.run_rows(
            trials,
            runner.due(trials, chosen, retry=options.retry),
            lambda trial: _command(trial, options),
            jobs=options.jobs,
            lock=lock,
            failed=lambda trial, why: single.failed(trials, trial, why, threads=options.threads),
            say=lambda line: print(line, file=sys.stderr, flush=True),
        )
    return 1 if stopped else 0


def _command(trial: Trial, options: argparse.Namespace) -> list[str]:
    words = [sys.executable, str(Path(__file__)), "trial", str(options.list), trial.key]
    return [*words, "--threads", str(options.threads), "--runs", str(options.runs)]


def _trial(trials: Trials, options: argparse.Namespace) -> int:
    (trial,) = trials.chosen([options.trial])
    ended = single.make(trials, trial, threads=options.threads)
    return 128 + ended if ended else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="train and measure the trials that have no card")
    one = commands.add_parser("trial", help="one trial, here and now")
    write = commands.add_parser("page", help="write the page from the cards")
    for each in (run, one, write):
        each.add_argument("list", type=Path, metavar="LIST", help="the YAML file of the trials")
        each.add_argument("--runs", type=Path, default=Path("runs/trials"), metavar="DIR")
    run.add_argument("trials", nargs="*", metavar="TRIAL", help="names of trials [all]")
    run.add_argument("--jobs", type=int, default=1, metavar="N", help="trials at once [1]")
    run.add_argument("--retry", action="store_true", help="also trials whose card says that they failed")
    one.add_argument("trial", metavar="TRIAL")
    for each in (run, one):
        each.add_argument("--threads", type=int, default=1, metavar="N", help="threads of a trial [1]")
    return parser


if __name__ == "__main__":
    sys.exit(main())
