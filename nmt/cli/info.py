"""``nmt info``: what a model is."""

import json
from pathlib import Path
from typing import Annotated

import typer


def info(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="A run, a bundle or a checkpoint folder.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, every parameter by its name.")] = False,
) -> None:
    """What a model is: languages, architecture, parameters, vocabularies, scores, and where its run stands.

    Examples:

      nmt info runs/quickstart-rnn

      nmt info runs/quickstart-rnn/checkpoints/step-000900 --json
    """
    from nmt.stages.info import info as look

    found = look(model)
    print(json.dumps(found.as_dict(), ensure_ascii=False) + "\n" if as_json else found.text(), end="")
