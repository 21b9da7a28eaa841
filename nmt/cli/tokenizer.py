"""``nmt tokenizer``: train a tokenizer, and text to pieces and back as a pipe."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

import typer

from nmt.errors import UsageError

app = typer.Typer(help="Train a tokenizer; text to pieces and back, as a pipe.")

WITH_INPUT = "With --input (a CONFIG says these itself)"

Model = Annotated[Path, typer.Argument(metavar="MODEL", help="A .model file, a run or a bundle.")]
Side = Annotated[Literal["source", "target"], typer.Option(help="Which side of a run or bundle.")]
Language = Annotated[str, typer.Option(help="What a .model file is in: its rules of normalisation.")]
Ids = Annotated[bool, typer.Option("--ids", help="Numbers in place of pieces.")]
Normalisation = Annotated[
    Literal["auto", "lower", "none"], typer.Option(help="lower: no capitals; none: text as it is.")
]


@app.command("train")
def train(
    config: Annotated[
        Path | None, typer.Argument(metavar="CONFIG", help="As its tokenizer section says.")
    ] = None,
    inputs: Annotated[
        list[Path] | None, typer.Option("-i", "--input", help="Text, plain or .gz. Repeatable.")
    ] = None,
    out: Annotated[Path, typer.Option("-o", "--out", help="The file to write.")] = Path("tokenizer.model"),
    overrides: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Override a key of CONFIG.")
    ] = None,
    type: Annotated[
        Literal["unigram", "bpe", "char", "word"],
        typer.Option(help="How text is cut.", rich_help_panel=WITH_INPUT),
    ] = "unigram",
    vocab_size: Annotated[
        int, typer.Option(min=8, help="Number of pieces.", rich_help_panel=WITH_INPUT)
    ] = 8000,
    exact_size: Annotated[
        bool, typer.Option("--exact-size", help="Fail rather than make fewer.", rich_help_panel=WITH_INPUT)
    ] = False,
    character_coverage: Annotated[
        float, typer.Option(min=0.5, max=1, help="Share of characters covered.", rich_help_panel=WITH_INPUT)
    ] = 1.0,
    byte_fallback: Annotated[
        bool,
        typer.Option(
            "--byte-fallback", help="Spell unknown characters as bytes.", rich_help_panel=WITH_INPUT
        ),
    ] = False,
    language: Annotated[
        str, typer.Option(help="Whose rules of normalisation.", rich_help_panel=WITH_INPUT)
    ] = "en",
    normalisation: Annotated[
        Literal["auto", "lower", "none"],
        typer.Option(help="lower: no capitals; none: text as it is.", rich_help_panel=WITH_INPUT),
    ] = "auto",
    force: Annotated[bool, typer.Option("--force", help="Overwrite.")] = False,
) -> None:
    """Train a tokenizer, from a CONFIG or from text.

    Examples:

    nmt tokenizer train configs/quickstart-rnn.yaml -o joint.model

    nmt tokenizer train --input train.zh.gz --language zh --vocab-size 6000 --byte-fallback -o zh.model
    """
    from nmt.stages import tokenizer as stage

    if (config is None) == (not inputs):
        raise UsageError("nmt tokenizer train", "give either a CONFIG or --input FILE")
    if config is not None:
        trained = stage.train_from_config(config, overrides or (), out, force=force)
    else:
        trained = stage.train_from_text(
            inputs or (),
            out,
            type=type,
            vocab_size=vocab_size,
            exact_size=exact_size,
            character_coverage=character_coverage,
            byte_fallback=byte_fallback,
            language=language,
            mode=normalisation,
            force=force,
        )
    for notice in trained.notices:
        typer.echo(notice, err=True)
    for path, size in trained.sizes.items():
        typer.echo(f"{path}: {size:,} pieces. Next: nmt tokenizer encode {path} < text", err=True)


@app.command("encode")
def encode(
    model: Model,
    ids: Ids = False,
    side: Side = "source",
    language: Language = "en",
    normalisation: Normalisation = "auto",
) -> None:
    """Text on stdin to pieces on stdout, line by line.

    Example: echo "I love machine learning." | nmt tokenizer encode runs/quickstart-rnn
    """
    from nmt.stages import tokenizer as stage

    tokenizer = stage.open_tokenizer(model, side=side, language=language, mode=normalisation)
    _write(stage.encode(tokenizer, sys.stdin.buffer, ids=ids))


@app.command("decode")
def decode(
    model: Model,
    ids: Ids = False,
    side: Side = "target",
    language: Language = "en",
    normalisation: Normalisation = "auto",
) -> None:
    """Pieces on stdin to text on stdout, line by line.

    Example: nmt tokenizer encode zh.model < zh.txt | nmt tokenizer decode zh.model
    """
    from nmt.stages import tokenizer as stage

    tokenizer = stage.open_tokenizer(model, side=side, language=language, mode=normalisation)
    _write(stage.decode(tokenizer, sys.stdin.buffer, ids=ids))


def _write(lines: Iterable[str]) -> None:
    """UTF-8 whatever the locale, and a line at a time where a person waits for it."""
    for line in lines:
        sys.stdout.buffer.write(f"{line}\n".encode())
        if sys.stdin.isatty():
            sys.stdout.buffer.flush()
    sys.stdout.buffer.flush()
