"""``nmt average``: the mean of checkpoints."""

from pathlib import Path
from typing import Annotated

import typer


def average(
    models: Annotated[
        list[Path], typer.Argument(metavar="RUN | MODEL MODEL...", help="One run, or several models.")
    ],
    last: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="The last N checkpoints of the run [default: 5].")
    ] = None,
    best: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="The N best, by the validation figure training.best."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FOLDER", help="The new model [default: RUN/average]."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite a model of that name.")] = False,
) -> None:
    """Average the weights of a run's checkpoints into one model, which is often a little better than each.

    training.keep_last says how many checkpoints a run keeps.

    Examples:

      nmt average runs/my-run

      nmt average runs/my-run --best 3 -o runs/my-run-best3

      nmt average runs/a runs/b/checkpoints/step-004000 -o runs/mean
    """
    from nmt.stages.average import average as run

    done = run(models, last=last, best=best, out=output, force=force)
    steps = ", ".join("unknown" if step is None else str(step) for step in done.steps)
    count = "1 model, of step" if len(done.steps) == 1 else f"{len(done.steps)} models, of steps"
    if done.notice:
        typer.echo(f"notice: {done.notice}", err=True)
    print(done.path)
    typer.echo(f"averaged {count} {steps}\nnext: nmt evaluate {done.path} --test-set NAME", err=True)
