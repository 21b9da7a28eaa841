"""``nmt align``: word alignments, and their error."""

from pathlib import Path
from typing import Annotated

import typer


def align(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="A run, a bundle or a checkpoint folder.")],
    source: Annotated[Path, typer.Option(metavar="FILE", help="Source lines.")],
    target: Annotated[Path, typer.Option(metavar="FILE", help="Target lines.")],
    gold: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Gold links, i-j sure, i?j possible: print the error.")
    ] = None,
    source_words: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The source's words, with spaces between: what links count."),
    ] = None,
    target_words: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The target's words, with spaces between: what links count."),
    ] = None,
    tokenised: Annotated[
        bool, typer.Option("--tokenised", help="The lines themselves are words with spaces between.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write this, not stdout.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the output file.")] = False,
) -> None:
    """Link each target word with the source word that the model attended to most, as Pharaoh lines.

    With --gold the alignment error rate is printed on stderr, beside that of the plain diagonal.

    Examples:

      nmt align runs/my-run --source a.en --target a.de > links

      nmt align runs/my-run --source gold.en --target gold.de --tokenised --gold gold.align
    """
    from nmt.alignment.pharaoh import format_links
    from nmt.cli.streams import open_output, refuse_existing
    from nmt.stages.align import align as run
    from nmt.stages.align import read_gold, read_texts, read_tokenised
    from nmt.stages.translate_torch import load

    refuse_existing(output, force=force)
    translator = load(model)
    if tokenised:
        texts = read_tokenised(translator, source, target)
    else:
        texts = read_texts(source, target, source_words=source_words, target_words=target_words)
    alignment = run(translator, texts)
    error = None if gold is None else alignment.error(read_gold(gold, alignment))
    with open_output(output, force=force) as out:
        out.writelines(format_links(links) + "\n" for links in alignment.links)
    if error is not None:
        typer.echo(f"alignment error rate {error[0]:.3f}, of the diagonal {error[1]:.3f}", err=True)
