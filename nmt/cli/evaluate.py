"""``nmt evaluate``: scores with signatures and intervals."""

import json
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from nmt.errors import NmtError, UsageError


def evaluate(
    model: Annotated[
        Path | None, typer.Argument(metavar="[MODEL]", help="A run, bundle or checkpoint folder.")
    ] = None,
    source: Annotated[Path | None, typer.Option(metavar="FILE", help="Source lines.")] = None,
    reference: Annotated[Path | None, typer.Option(metavar="FILE", help="Reference lines.")] = None,
    test_set: Annotated[
        str | None, typer.Option("--test-set", metavar="NAME", help="A test set of the model's config.")
    ] = None,
    hypothesis: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Score these lines, without a model.")
    ] = None,
    language: Annotated[
        str, typer.Option("-l", "--language", metavar="CODE", help="Target language of --hypothesis.")
    ] = "",
    beam: Annotated[int | None, typer.Option(min=1, help="Beam width [default: the model's].")] = None,
    mask_head: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LAYER.HEAD", help="Without this head: encoder.0.1, decoder.0.1, cross.0.1. Repeatable."
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Keep the translations.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the output file.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    fail_under: Annotated[
        float | None, typer.Option(metavar="BLEU", help="Exit 1 where BLEU is lower.")
    ] = None,
) -> None:
    """Score a model on a test set, or a file of translations: BLEU, chrF and TER as sacreBLEU gives them.

    Examples:

      nmt evaluate runs/my-run --test-set test

      nmt evaluate runs/my-run --source test.en --reference test.de --json

      nmt evaluate --hypothesis out.zh --reference test.zh -l zh

      nmt evaluate runs/my-transformer --test-set test --mask-head cross.1.0
    """
    from nmt.cli.streams import open_output
    from nmt.evaluation.scores import score_text
    from nmt.stages.evaluate import chosen_test_set, evaluate_hypothesis, evaluate_model

    with nullcontext() if output is None else open_output(output, force=force) as out:
        if hypothesis is None and language:
            raise UsageError("command line", "-l goes with --hypothesis", "a model knows its target language")
        if hypothesis is None:
            chosen = chosen_test_set(model, test_set, source, reference)
            done = evaluate_model(*chosen, beam=beam, silent=mask_head or ())
        elif reference is not None and language and not (model or test_set or beam or mask_head):
            done = evaluate_hypothesis(hypothesis, reference, language=language, source=source)
        else:
            what = (
                "--hypothesis needs --reference and -l CODE, and no MODEL, --test-set, --beam or --mask-head"
            )
            raise UsageError("command line", what)
        if out is not None:
            out.writelines(line + "\n" for line in done.translations)
    as_text = (
        json.dumps(done.report.as_dict(), ensure_ascii=False) + "\n" if as_json else score_text(done.report)
    )
    print(as_text, end="")
    for notice in (*done.notices, *done.report.notices):
        typer.echo(f"notice: {notice}", err=True)
    bleu = done.report.metrics["bleu"].score
    if fail_under is not None and bleu < fail_under:
        raise NmtError("evaluation", f"BLEU {bleu:.2f} is under {fail_under:g}")
