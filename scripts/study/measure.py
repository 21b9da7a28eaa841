"""From the trained model of a row to the figures of its card."""

from collections.abc import Sequence
from typing import Any

from nmt.decoding.translator import Translator
from nmt.evaluation.scores import Report, evaluate
from nmt.models.parts import by_part
from nmt.stages.evaluate import named_test_set
from nmt.stages.info import info
from study.alignment import alignment_errors
from study.erase import erase
from study.noise import KINDS, SHARES
from study.rows import CORPORA, Places, Row
from study.significance import digest


def measure(places: Places, row: Row, *, workers: int | None = None) -> dict[str, Any]:
    """Translates the test sets, whole and spoilt, keeps the translations beside the run, and counts."""
    corpus, run = CORPORA[row.corpus], places.run(row)
    translator = Translator.load(run, workers=workers)
    language = translator.tokenizers.target.language
    sources, references = named_test_set(run, corpus.test)
    translations = [line.rstrip() for line in translator.translate(sources)]
    places.translations(row).write_text("\n".join(translations) + "\n", encoding="utf-8")
    report = evaluate(
        translations, references, target_language=language, metrics=["bleu", "chrf"], sources=sources
    )
    told = info(run)
    return {
        "parameters": sum(told.parameters.values()),
        "parameters_by_part": by_part(told.parameters),
        "test_set": corpus.test,
        **_scores(report),
        "translations": digest(translations),
        "also": {name: _bleu(translator, *named_test_set(run, name)) for name in corpus.also},
        "noise": {
            f"{kind} {share:.0%}": _bleu(translator, spoil(sources, share), references)
            for kind, spoil in KINDS.items()
            for share in SHARES
        },
        "alignment": None if corpus.gold is None else alignment_errors(translator, corpus.gold),
        "erase": erase(translator, sources, references),
    }


def _scores(report: Report) -> dict[str, Any]:
    """Scores, signatures and intervals to two digits, by length of the source, and lines that repeat themselves."""
    whole = report.as_dict()
    return {
        "bleu": _rounded(whole["metrics"]["bleu"]),
        "chrf": _rounded(whole["metrics"]["chrf"]),
        "lengths": [_rounded(one) for one in whole["lengths"]],
        "repeated_4grams": whole["counters"]["repeated_4grams"]["count"],
        "length_ratio": round(whole["counters"]["length_ratio"], 4),
    }


def _rounded(figures: dict[str, Any]) -> dict[str, Any]:
    return {name: round(one, 2) if isinstance(one, float) else one for name, one in figures.items()}


def _bleu(translator: Translator, sources: Sequence[str], references: Sequence[str]) -> float:
    language = translator.tokenizers.target.language
    report = evaluate(
        translator.translate(sources), references, target_language=language, metrics=["bleu"], bootstrap=0
    )
    return round(report.metrics["bleu"].score, 2)
