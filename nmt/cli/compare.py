"""``nmt compare``: whether systems differ, how much, and where."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Metric(StrEnum):
    """sacreBLEU's metrics; the second is BLEU on lower-cased text."""

    BLEU = "bleu"
    BLEU_LC = "bleu_lc"
    CHRF = "chrf"
    TER = "ter"


class Test(StrEnum):
    """sacreBLEU's paired tests."""

    BOOTSTRAP = "bs"
    RANDOMISATION = "ar"


def compare(
    systems: Annotated[
        list[Path],
        typer.Argument(
            metavar="SYSTEM", help="Translation files (- is stdin) or models; first the baseline."
        ),
    ],
    reference: Annotated[Path | None, typer.Option(metavar="FILE", help="Reference lines.")] = None,
    source: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Source lines: for models, lengths and sentences.")
    ] = None,
    test_set: Annotated[
        str | None, typer.Option("--test-set", metavar="NAME", help="A test set of the first model's config.")
    ] = None,
    language: Annotated[
        str, typer.Option("-l", "--language", metavar="CODE", help="Target language, where all are files.")
    ] = "",
    metric: Annotated[
        list[Metric], typer.Option(help="May be given more than once; lengths are shown of the first.")
    ] = [Metric.BLEU, Metric.CHRF],  # noqa: B006  typer copies it
    test: Annotated[
        Test, typer.Option(help="Paired bootstrap resampling, or approximate randomisation.")
    ] = Test.BOOTSTRAP,
    samples: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Resamples [default: 1,000; of ar 10,000].")
    ] = None,
    seed: Annotated[int, typer.Option(min=1, metavar="N", help="Draws other samples.")] = 12345,
    show: Annotated[
        int, typer.Option(min=0, metavar="N", help="Sentences that gain most, and that lose most.")
    ] = 5,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write this, not stdout.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the output file.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Compare systems with the first of them: scores, paired significance, lengths, sentences that differ most.

    Examples:

      nmt compare --reference test.de --source test.en -l de base.de new.de

      nmt compare --test-set test runs/additive runs/dot runs/general

      nmt translate runs/new < test.en | nmt compare --reference test.de -l de base.de -
    """
    from nmt.cli.streams import open_output, refuse_existing
    from nmt.evaluation.comparison_text import comparison_text
    from nmt.stages.compare import compare as run

    refuse_existing(output, force=force)
    done = run(
        systems,
        reference=reference,
        source=source,
        test_set=test_set,
        language=language,
        metrics=[one.value for one in dict.fromkeys(metric)],
        test=test.value,
        samples=samples,
        seed=seed,
        show=show,
        say=lambda line: typer.echo(line, err=True),
    )
    comparison = done.comparison
    as_text = (
        json.dumps(comparison.as_dict(), ensure_ascii=False) + "\n"
        if as_json
        else comparison_text(comparison)
    )
    with open_output(output, force=force) as out:
        out.write(as_text)
    for notice in (*done.notices, *comparison.notices):
        typer.echo(f"notice: {notice}", err=True)
