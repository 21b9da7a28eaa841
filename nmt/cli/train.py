"""``nmt train``: a config to a trained model."""

from pathlib import Path
from typing import Annotated

import typer


def train(
    config: Annotated[Path, typer.Argument(metavar="CONFIG", help="A YAML file; see nmt config init.")],
    overrides: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="KEY=VALUE", help="Override a key, as in training.max_steps=1000. Repeatable."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="RUN", help="Folder of the run [default: runs/<config name>]."),
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Start anew: delete what the run has so far.")
    ] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Only the result.")] = False,
) -> None:
    """Train a model. The same command again resumes; on a finished run it prints the score.

    Examples:

      nmt train configs/quickstart-rnn.yaml

      nmt train my.yaml --set model.hidden=256 --out runs/small
    """
    from nmt.cli.progress import Progress
    from nmt.stages.train import run

    with Progress(quiet=quiet) as progress:
        result = run(config, overrides or (), out=out, fresh=fresh, say=progress.say, listen=progress.listen)
    if result.signal is not None:
        typer.echo(
            f"stopped at step {result.step}, saved; resume with: {_again(config, overrides, out)}", err=True
        )
        raise typer.Exit(128 + result.signal)
    metrics = result.card.get("validation", {}).get("metrics", {})
    for name, metric in metrics.items():
        print(f"{name}\t{metric['score']:.2f}\t{metric['signature']}")
    typer.echo(
        f"done: {result.reason} at step {result.step}; best model, of step {result.best_step}: {result.run / 'model'}\n"
        f"next: nmt translate {result.run}   or   nmt evaluate {result.run} --test-set NAME",
        err=True,
    )


def _again(config: Path, overrides: list[str] | None, out: Path | None) -> str:
    words = ["nmt train", str(config), *(f"--set {change}" for change in overrides or ())]
    return " ".join([*words, *([f"--out {out}"] if out else [])])
