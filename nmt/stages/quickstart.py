"""The main job, once through, on the corpus that ships: tokenizer, training, translation, BLEU, a picture."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from nmt.config.data import Corpora, Files
from nmt.config.reader import read
from nmt.data.build import read_parallel
from nmt.evaluation.scores import Report
from nmt.resources import shipped
from nmt.stages import train
from nmt.stages.align import align, read_gold, read_texts
from nmt.stages.attend import Attention, attend
from nmt.stages.evaluate import evaluate_model
from nmt.stages.translate_torch import load

SENTENCE = "I love machine learning."
SHOWN = 10


@dataclass(frozen=True)
class Result:
    """All that the quickstart has to show. examples: (source, translation, reference); alignment_error: of the
    model and of the diagonal, on the test set's gold links."""

    trained: train.Result
    report: Report
    examples: tuple[tuple[str, str, str], ...]
    attention: Attention
    picture: Path
    notices: tuple[str, ...]
    alignment_error: tuple[float, float]


def run(
    config: str,
    *,
    out: Path,
    overrides: Sequence[str] = (),
    say: Callable[[str], None],
    listen: train.Listener,
) -> Result | train.Result:
    """Trains the shipped config of this name, or goes on with it; a training that a signal ended is all there is."""
    path = shipped(f"configs/{config}.yaml")
    trained = train.run(path, [*_where_data_is(path), *overrides], out=out, say=say, listen=listen)
    if trained.signal is not None:
        return trained
    sources, references = _test_set()
    say(f"translating {len(sources):,} test sentences")
    evaluated = evaluate_model(trained.run, sources, references)
    translator = load(trained.run)
    texts = read_texts(
        shipped("data/test.en"),
        shipped("data/test.zh"),
        source_words=shipped("data/test.tok.en"),
        target_words=shipped("data/test.tok.zh"),
    )
    alignment = align(translator, texts)
    attention = attend(translator, SENTENCE)
    picture, notices = attention.draw(trained.run / "attention.png")
    step = len(sources) // SHOWN
    examples = zip(sources[::step], evaluated.translations[::step], references[::step], strict=True)
    return Result(
        trained=trained,
        report=evaluated.report,
        examples=tuple(examples)[:SHOWN],
        attention=attention,
        picture=picture,
        notices=notices,
        alignment_error=alignment.error(read_gold(shipped("data/test.align"), alignment)),
    )


def _test_set() -> tuple[list[str], list[str]]:
    return read_parallel(Files(source=str(shipped("data/test.en")), target=str(shipped("data/test.zh"))))


def _where_data_is(config: Path) -> list[str]:
    """Overrides that point the config's data at what ships, wherever the command runs; nothing in a clone's root."""
    data = read(config).data
    corpora: dict[str, Corpora] = {"train": data.train, "validation": data.validation}
    corpora |= {f"test.{name}": one for name, one in data.test.items()}
    changes = []
    for name, corpus in corpora.items():
        if isinstance(corpus, Files):
            for side, path in (("source", corpus.source), ("target", corpus.target)):
                if not Path(path).exists():
                    changes.append(f"data.{name}.{side}={shipped(path)}")
    return changes
