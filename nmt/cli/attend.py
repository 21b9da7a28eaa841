"""``nmt attend``: where the model looked."""

import json
import shutil
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from nmt.cli.colour import wanted
from nmt.errors import UsageError


class Format(StrEnum):
    """How attention is shown."""

    TERMINAL = "terminal"
    PNG = "png"
    SVG = "svg"
    JSON = "json"
    PHARAOH = "pharaoh"


def attend(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="A run, a bundle or a checkpoint folder.")],
    sentence: Annotated[str, typer.Argument(metavar="SENTENCE")],
    target: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Make the model say this instead.")
    ] = None,
    layer: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only this layer, as cross.0; the mean of its heads.")
    ] = None,
    head: Annotated[int | None, typer.Option(min=0, metavar="N", help="Only this head of it.")] = None,
    format: Annotated[Format | None, typer.Option(help="[default: terminal, or what -o's name says]")] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write this, not stdout.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the output file.")] = False,
) -> None:
    """Show where the model looked for each word of a translation.

    Examples:

      nmt attend runs/my-run "I love machine learning."

      nmt attend runs/my-run "I love machine learning." -o attention.png

      nmt attend runs/my-run "I love music." --target "我爱音乐。" --format json

      nmt attend runs/my-transformer "I love music." --layer cross.1 --head 2
    """
    from nmt.cli.streams import open_output, refuse_existing
    from nmt.stages.attend import attend as look
    from nmt.stages.translate_torch import load

    format = format or _format_of(output)
    picture = format in (Format.PNG, Format.SVG)
    if picture and (output is None or output.suffix.lower() != f".{format}"):
        raise UsageError("command line", f"--format {format} needs -o FILE.{format}")
    refuse_existing(output, force=force)
    attention = look(load(model), sentence, target).part(layer, head)
    for notice in attention.notices:
        typer.echo(f"notice: {notice}", err=True)
    if picture and output is not None:
        path, notices = attention.draw(output)
        for notice in (*notices, f"wrote {path}"):
            typer.echo(notice, err=True)
        return
    with open_output(output, force=force) as out:
        match format:
            case Format.JSON:
                out.write(json.dumps(attention.as_dict(), ensure_ascii=False) + "\n")
            case Format.PHARAOH:
                out.write(attention.pharaoh() + "\n")
            case _:
                width = shutil.get_terminal_size().columns
                out.write(attention.terminal(color=output is None and wanted(), width=width))
                out.write(f"\n{attention.translation}\n")


def _format_of(output: Path | None) -> Format:
    """What the output's name asks for; text where it has no ending, as pipes and devices have none."""
    ending = "" if output is None else output.suffix.lower()
    if ending in ("", ".txt"):
        return Format.TERMINAL
    try:
        return Format(ending[1:])
    except ValueError:
        hint = f"--format {'|'.join(Format)} chooses one"
        raise UsageError("command line", f"no format is known by the ending {ending!r}", hint) from None
