"""``nmt translate``: a well-behaved pipe."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer


def translate(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="A run, a bundle or a checkpoint folder.")],
    input: Annotated[
        Path | None, typer.Option("-i", "--input", metavar="FILE", help="Read this, not stdin.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write this, not stdout.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the output file.")] = False,
    beam: Annotated[
        int | None, typer.Option(min=1, help="Beam width; 1 is greedy [default: the model's].")
    ] = None,
    nbest: Annotated[int, typer.Option(min=1, help="Translations a line, best first.")] = 1,
    batch_tokens: Annotated[
        int | None, typer.Option(min=1, help="Source tokens translated together [default: the model's].")
    ] = None,
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help="One JSON object a line, with scores and alignment.")
    ] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Only translations and errors.")] = False,
) -> None:
    """Translate lines: one in, one out, in order, blank for blank.

    Examples:

      nmt translate runs/my-run < in.txt > out.txt

      nmt translate runs/my-run -i in.txt.gz -o out.txt --beam 10

      echo "Good morning." | nmt translate runs/my-run --nbest 3 --jsonl
    """
    from nmt.cli.streams import open_output, prompted
    from nmt.stages.translate_torch import CHUNK, Tally, load, record
    from nmt.stages.translate_torch import translate as search
    from nmt.text.lines import read_lines

    translator = load(model)
    prompt = input is None and sys.stdin.isatty()
    source = sys.stdin.buffer if input is None or str(input) == "-" else input
    lines = prompted(read_lines(source)) if prompt else read_lines(source)
    changes = {"beam": beam, "batch_tokens": batch_tokens, "nbest": nbest, "weights": jsonl}
    tally = Tally()
    with open_output(output, force=force) as out:
        found = search(
            translator,
            lines,
            tally,
            chunk=1 if prompt else CHUNK,
            **{name: value for name, value in changes.items() if value is not None},
        )
        for best in found:
            if jsonl:
                out.write(json.dumps(record(best, translator), ensure_ascii=False) + "\n")
            else:
                out.writelines(one.text + "\n" for one in best)
            if tally.due:
                out.flush()
    for notice in tally.cropped:
        typer.echo(f"notice: {notice}", err=True)
    if not quiet and not prompt:
        rate = tally.lines / tally.seconds if tally.seconds else 0.0
        typer.echo(f"{tally.lines:,} lines, {tally.blank:,} blank, {rate:,.0f} lines/s", err=True)
