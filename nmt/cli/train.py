"""``nmt train``: a config to a trained model."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nmt.cli.together import is_member, together
from nmt.machine import end_with_starter

if TYPE_CHECKING:
    from nmt.stages.train import Result


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
    init_from: Annotated[
        str | None,
        typer.Option(
            "--init-from",
            metavar="MODEL",
            help="Start from a model's weights: --set training.init_from=MODEL.",
        ),
    ] = None,
    processes: Annotated[
        int,
        typer.Option(
            min=1,
            metavar="N",
            help="Train as N processes that share every batch and the cores; torchrun does it over machines.",
        ),
    ] = 1,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Train nothing and write nothing: say what it would take.")
    ] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Only the result.")] = False,
) -> None:
    """Train a model. The same command again resumes; on a finished run it prints the score.

    Examples:

      nmt train configs/quickstart-rnn.yaml

      nmt train my.yaml --set model.hidden=256 --out runs/small

      nmt train my-domain.yaml --init-from runs/general     fine-tune

      nmt train my.yaml --dry-run                           parameters, memory, time and disk, in seconds

      nmt train my.yaml --processes 2
    """
    changes = [*(overrides or ()), *([f"training.init_from={init_from}"] if init_from else [])]
    again = _words(config, changes, out, processes)
    if dry_run:
        from nmt.stages.dry_run import run as foretell

        say = (lambda line: None) if quiet else (lambda line: typer.echo(line, err=True))
        print(foretell(config, changes, out=out, fresh=fresh, say=say).text(), end="")
        return
    if processes > 1 and not is_member():
        once = [*(["--fresh"] if fresh else []), *(["--quiet"] if quiet else [])]
        raise typer.Exit(together(processes, [*again, *once]))
    from nmt.cli.progress import Progress
    from nmt.stages.train import run
    from nmt.training.ranks import joined

    end_with_starter()
    with joined() as ranks, Progress(quiet=quiet or not ranks.first) as progress:
        say, listen, first = progress.say, progress.listen, ranks.first
        result = run(config, changes, out=out, fresh=fresh, say=say, listen=listen, ranks=ranks)
    if first:
        _tell(result, shlex.join(["nmt", *again]))
    if result.signal is not None:
        raise typer.Exit(128 + result.signal)


def _tell(result: "Result", again: str) -> None:
    """The scores on stdout, the rest on stderr."""
    if result.signal is not None:
        typer.echo(f"stopped at step {result.step}, saved; resume with: {again}", err=True)
        return
    metrics = result.card.get("validation", {}).get("metrics", {})
    for name, metric in metrics.items():
        print(f"{name}\t{metric['score']:.2f}\t{metric['signature']}")
    typer.echo(
        f"done: {result.reason} at step {result.step}; {_best(result.best_step, result.run / 'model')}\n"
        f"next: nmt translate {result.run}   or   nmt evaluate {result.run} --test-set NAME",
        err=True,
    )


def _best(step: int | None, model: Path) -> str:
    return "no validation gave a figure" if step is None else f"best model, of step {step}: {model}"


def _words(config: Path, changes: list[str], out: Path | None, processes: int) -> list[str]:
    """What comes after ``nmt`` to go on with the same training."""
    words = ["train", str(config)]
    words += [word for change in changes for word in ("--set", change)]
    words += ["--out", str(out)] if out else []
    return [*words, *(["--processes", str(processes)] if processes > 1 else [])]
