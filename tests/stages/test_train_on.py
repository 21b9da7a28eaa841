"""What training may read and draw: several weighted corpora, sampled pieces and hidden words, resumed exactly."""

import json
from pathlib import Path

import pytest
from safetensors.torch import load_file

from nmt.errors import UsageError
from nmt.stages.train import run

OVERRIDES = (
    "training.max_steps=14",
    "training.word_dropout={source: 0.1, target: 0.1}",
    "tokenizer={type: bpe, vocab_size: 80, sampling: {dropout: 0.2}}",
)


@pytest.fixture
def corpora(experiment: Path) -> str:
    """The training text as a list: the first 80 pairs by half, and all as JSON lines twice, some without a side."""
    folder = experiment.parent
    sides = [(folder / f"train.{side}").read_text(encoding="utf-8").split("\n")[:-1] for side in ("en", "de")]
    rows = [
        {"en": en, "de": None if n % 10 == 9 else de} for n, (en, de) in enumerate(zip(*sides, strict=True))
    ]
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (folder / "all.jsonl").write_text(text, encoding="utf-8")
    files = f"{{source: {folder}/train.en, target: {folder}/train.de, first: 80, weight: 0.5}}"
    return f"data.train=[{files}, {{jsonl: {folder}/all.jsonl, source: en, target: de, weight: 2}}]"


def weights(folder: Path) -> dict[str, bytes]:
    last = folder / "checkpoints" / (folder / "checkpoints/last").read_text().strip()
    return {name: tensor.numpy().tobytes() for name, tensor in load_file(last / "model.safetensors").items()}


def test_a_resumed_run_reads_and_draws_what_an_unbroken_one_does(experiment, corpora, train, tmp_path):
    overrides = (corpora, *OVERRIDES)
    assert train(experiment, tmp_path / "whole", overrides=overrides)["steps"] == 14
    log = (tmp_path / "whole/train.log").read_text(encoding="utf-8")
    assert "260 of 280 pairs kept (dropped: 20 with a blank side)" in log
    assert f"80 of 80 pairs kept of {experiment.parent}/train.en and " in log
    broken = tmp_path / "broken"
    for end, count in (("terminate", 4), ("kill step", 11)):
        train(experiment, broken, overrides=overrides, end=end, count=count)
    assert train(experiment, broken, overrides=overrides)["result"]["reason"] == "max_steps"
    assert weights(broken) == weights(tmp_path / "whole")
    train(experiment, tmp_path / "plain", overrides=(corpora, "training.max_steps=14", OVERRIDES[2]))
    assert weights(tmp_path / "plain") != weights(tmp_path / "whole"), "word dropout did nothing"


def test_a_changed_weight_or_corpus_of_a_list_is_refused_by_name(experiment, corpora, train, tmp_path):
    overrides = (corpora, "training.max_steps=2")
    out = tmp_path / "run"
    assert train(experiment, out, overrides=overrides)["steps"] == 2

    def again(changed: str) -> None:
        run(experiment, (changed, *overrides[1:]), out=out, say=print, listen=print)

    with pytest.raises(UsageError, match=r"data\.train\[1\]\.weight: 2\.0 -> 3\.0"):
        again(corpora.replace("weight: 2", "weight: 3"))
    jsonl = experiment.parent / "all.jsonl"
    jsonl.write_bytes(jsonl.read_bytes().replace(b"Hund", b"hund", 1))
    with pytest.raises(UsageError, match=r"all\.jsonl: has changed since the run began"):
        again(corpora)
