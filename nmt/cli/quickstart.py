"""``nmt quickstart``: everything once."""

import shutil
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from nmt.cli.colour import wanted

EXPECTED = {"rnn": 90.0, "transformer": 90.0}
NAMES = {"rnn": "RNN", "transformer": "Transformer"}


class Model(StrEnum):
    """The shipped recipes."""

    RNN = "rnn"
    TRANSFORMER = "transformer"


def quickstart(
    model: Annotated[Model, typer.Option(help="Which recipe.")] = Model.RNN,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of the run [default: runs/quickstart-MODEL].")
    ] = None,
    overrides: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Override a key of the recipe. Repeatable."),
    ] = None,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Only the result.")] = False,
) -> None:
    """The main job on the corpus that ships: tokenizer, training, translation, BLEU, an attention picture.

    The RNN trains for three to six minutes on two cores. The same command goes on where it stopped, or shows the
    result.

    Examples:

      nmt quickstart

      nmt quickstart --model transformer
    """
    from nmt.cli.progress import Progress
    from nmt.stages.quickstart import SENTENCE, Result, run

    folder = out or Path("runs") / f"quickstart-{model}"
    with Progress(quiet=quiet) as progress:
        progress.say(
            f"training an English-Chinese {NAMES[model]} in {folder}: BLEU {EXPECTED[model]:.0f} or more to expect"
        )
        result = run(
            f"quickstart-{model}",
            out=folder,
            overrides=overrides or (),
            say=progress.say,
            listen=progress.listen,
        )
    if not isinstance(result, Result):
        typer.echo(f"stopped at step {result.step}, saved; the same command goes on", err=True)
        raise typer.Exit(128 + (result.signal or 0))
    for source, translation, reference in result.examples:
        mark = "" if translation == reference else f"   (reference: {reference})"
        print(f"{source}\n  {translation}{mark}")
    print()
    print(result.attention.terminal(color=wanted(), width=shutil.get_terminal_size().columns))
    print(f"{SENTENCE} -> {result.attention.translation}   drawn in {result.picture}")
    for notice in result.notices:
        typer.echo(f"notice: {notice}", err=True)
    error, diagonal = result.alignment_error
    print(f"alignment error rate {error:.3f} against gold links (the diagonal: {diagonal:.3f})")
    for name, score in result.report.metrics.items():
        interval = "" if score.low is None else f" [{score.low:.1f}, {score.high:.1f}]"
        print(f"{name.upper():<5}{score.score:6.2f}{interval}  {score.signature}")
    print(f"expected: BLEU {EXPECTED[model]:.0f} or more")
    typer.echo(_next(folder), err=True)


def _next(run: Path) -> str:
    nmt = "nmt" if shutil.which("nmt") else sys.argv[0]  # an environment that was not activated
    return (
        "next:\n"
        f'  echo "My sister bought three books yesterday." | {nmt} translate {run}\n'
        f'  {nmt} attend {run} "I love music."\n'
        f"  {nmt} evaluate {run} --test-set long"
    )
