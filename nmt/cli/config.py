"""``nmt config``: look at a configuration, check it, or start a new one.  Nothing here needs torch."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from nmt.errors import NmtError

app = typer.Typer(help="Look at a configuration, check it, or start a new one.")

Overrides = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="KEY=VALUE", help="Override a key, as in training.max_steps=1000. Repeatable."
    ),
]


@app.command()
def show(config: Annotated[Path, typer.Argument(metavar="CONFIG")], overrides: Overrides = None) -> None:
    """Print the resolved configuration: base and overrides applied, every key given.

    Example: nmt config show configs/quickstart-rnn.yaml --set model.hidden=64
    """
    from nmt.config.reader import dump, read

    sys.stdout.write(dump(read(config, overrides or ())))


@app.command()
def check(configs: Annotated[list[Path], typer.Argument(metavar="CONFIG")]) -> None:
    """Read configurations and report every error; exit 2 where there is one.

    Example: nmt config check configs/*.yaml
    """
    from nmt.config.reader import check as check_all

    check_all(configs)
    for config in configs:
        typer.echo(f"{config}: ok", err=True)


@app.command()
def schema() -> None:
    """Print the JSON Schema of a configuration, for editors that complete and check YAML.

    Example: nmt config schema > nmt.schema.json
    """
    from nmt.config.template import json_schema

    typer.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))


@app.command()
def init(
    model: Annotated[
        str, typer.Option("--model", metavar="MODEL", help="The architecture: rnn, transformer or mixed.")
    ] = "rnn",
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="FILE", help="Write here, not to stdout.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite FILE.")] = False,
) -> None:
    """Write a new configuration in which every key is explained.

    Example: nmt config init --model rnn -o experiment.yaml
    """
    from nmt.config.template import template

    text = template(model, name=out.name if out else "experiment.yaml")
    if out is None or str(out) == "-":
        sys.stdout.write(text)
        return
    try:
        with out.open("w" if force else "x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        raise NmtError(str(out), "exists already", "--force overwrites it") from None
    except OSError as error:
        raise NmtError(str(out), (error.strerror or "cannot be written").lower()) from None
    typer.echo(f"wrote {out}; next: nmt config check {out}, then nmt train {out}", err=True)
