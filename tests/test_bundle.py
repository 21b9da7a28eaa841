"""A bundle comes back as it was written, and anything missing, changed or hostile is refused in one line."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from nmt import bundle as module
from nmt.bundle import CARD, CONFIG, MANIFEST, WEIGHTS, copy_bundle, open_bundle, seal, verify, write_bundle
from nmt.config.reader import read
from nmt.decoding.translator import Translator
from nmt.errors import NmtError
from nmt.models.build import build_model
from nmt.models.load import load_model, save_weights
from nmt.text.files import Tokenizers
from nmt.text.special import PAD
from nmt.text.train import train

EXPERIMENT = """\
languages: {source: en, target: zh}
data: {train: {source: a, target: b}, validation: {source: c, target: d}}
tokenizer: {source: {type: char, vocab_size: 50}, target: {type: char, vocab_size: 50}}
model: {type: rnn, embedding: 8, hidden: 8, attention: {score: {type: additive, size: 8}}}
training: {max_steps: 10}
decoding: {beam: 3, max_length: {ratio: 1.0, offset: 2}}
"""
LINES = ["I love machine learning."], ["我爱机器学习。"]
FILES = {CONFIG, WEIGHTS, CARD, "source.model", "target.model"}


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A whole bundle of random weights."""
    (tmp_path / "given.yaml").write_text(EXPERIMENT, encoding="utf-8")
    experiment = read(tmp_path / "given.yaml")
    source, target = (
        train(lines * 4, type="char", vocab_size=50, language=language)[0]
        for lines, language in zip(LINES, ("en", "zh"), strict=True)
    )
    folder = tmp_path / "bundle"
    folder.mkdir()
    tokenizers = Tokenizers(source, target, joint=False)
    write_bundle(folder, experiment=experiment, tokenizers=tokenizers, card={"bleu": 12.5, "name": "爱"})
    torch.manual_seed(1)
    model = build_model(experiment.model, source_size=source.size, target_size=target.size, padding=PAD)
    save_weights(model, folder / WEIGHTS)
    seal(folder)
    return folder


def refusal(path: Path) -> NmtError:
    """How a path is refused: by an NmtError of one line."""
    with pytest.raises(NmtError) as caught:
        open_bundle(path)
    assert caught.value.exit_code == 1
    assert "\n" not in str(caught.value)
    return caught.value


def rewrite(folder: Path, change: Callable[[dict], object]) -> None:
    """Changes the manifest."""
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    change(manifest)
    (folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")


# What is written comes back.


def test_everything_comes_back(made: Path):
    opened = open_bundle(made)
    assert opened.folder == made
    assert opened.experiment == read(made.parent / "given.yaml")
    assert opened.card == {"format": 1, "bleu": 12.5, "name": "爱"}
    assert verify(made) == FILES
    tokenizers = opened.tokenizers()
    assert not tokenizers.joint
    assert tokenizers.source.decode(tokenizers.source.encode(LINES[0][0])) == LINES[0][0]
    assert tokenizers.target.decode(tokenizers.target.encode(LINES[1][0])) == LINES[1][0]
    sizes = {"source_size": tokenizers.source.size, "target_size": tokenizers.target.size}
    torch.manual_seed(1)
    expected = build_model(opened.experiment.model, padding=PAD, **sizes).state_dict()
    weights = load_model(opened.experiment.model, opened.weights, **sizes).state_dict()
    assert all(torch.equal(expected[name], weights[name]) for name in expected)


def test_it_translates_with_its_own_options(made: Path):
    translator = Translator.load(made, workers=1)
    assert (translator.options.beam, translator.options.max_offset) == (3, 2)
    (best,) = translator.search(LINES[0])[0]
    assert len(best.tokens) == len(best.token_scores) > 0


def test_it_is_found_in_a_run_and_in_a_runs_last_checkpoint(made: Path, tmp_path: Path):
    run = tmp_path / "run"
    copy_bundle(made, run / "checkpoints" / "step-000010")
    (run / "checkpoints" / "last").write_text("step-000010\n", encoding="utf-8")
    assert open_bundle(run).folder == run / "checkpoints" / "step-000010"
    copy_bundle(made, run / "model")
    assert open_bundle(str(run)).folder == run / "model"


def test_a_copy_leaves_the_training_state_behind(made: Path, tmp_path: Path):
    (made / "state").mkdir()
    (made / "state" / "progress.json").write_text("{}", encoding="utf-8")
    seal(made)
    assert verify(made) == {*FILES, "state/progress.json"}
    copy_bundle(made, tmp_path / "deep" / "copy")
    assert verify(tmp_path / "deep" / "copy") == FILES
    assert open_bundle(tmp_path / "deep" / "copy").card == open_bundle(made).card


# What is missing or changed is refused.


def test_nothing_there(tmp_path: Path):
    assert "no such model" in refusal(tmp_path / "nowhere").what
    assert "holds no model" in refusal(tmp_path).what


@pytest.mark.parametrize("named", ["step-000099", "../bundle", "", "/"])
def test_a_last_that_names_no_checkpoint_beside_it(made: Path, tmp_path: Path, named: str):
    checkpoints = tmp_path / "run" / "checkpoints"
    checkpoints.mkdir(parents=True)
    made.rename(tmp_path / "run" / "bundle")
    (checkpoints / "last").write_text(named, encoding="utf-8")
    assert "holds no model" in refusal(tmp_path / "run").what


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_missing_file_is_named(made: Path, name: str):
    (made / name).unlink()
    error = refusal(made)
    assert (error.place, error.what) == (str(made / name), "is missing")


@pytest.mark.parametrize("name", sorted(FILES))
def test_one_flipped_bit_is_noticed(made: Path, name: str):
    content = bytearray((made / name).read_bytes())
    content[len(content) // 2] ^= 1
    (made / name).write_bytes(content)
    error = refusal(made)
    assert error.place == str(made / name)
    assert "is damaged" in error.what


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_model_that_was_never_whole_is_refused(made: Path, name: str):
    (made / name).unlink()
    seal(made)
    assert f"has no {name}" in refusal(made).what


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"{}", b'{"files": 3}', b"\xff\xfe", b"[" * 100_000])
def test_a_garbled_manifest(made: Path, content: bytes):
    (made / MANIFEST).write_bytes(content)
    assert refusal(made).place == str(made / MANIFEST)


@pytest.mark.parametrize("content", [b"no json", b"[1]", b"{}", b'{"format": "new"}', b"\xff"])
def test_a_garbled_card(made: Path, content: bytes):
    (made / CARD).write_bytes(content)
    seal(made)
    assert refusal(made).place == str(made / CARD)


@pytest.mark.parametrize(
    "content", [b"model: {type: rnn, wings: 2}\n", b": [", b"\xff", b"base: ../given.yaml\n"]
)
def test_a_config_that_is_none(made: Path, content: bytes):
    (made / CONFIG).write_bytes(content)
    seal(made)
    error = refusal(made)
    assert error.place == str(made / CONFIG)
    assert "is no config that this nmt understands" in error.what


@pytest.mark.parametrize("name", ["source.model", "target.model"])
def test_a_garbled_tokenizer(made: Path, name: str):
    (made / name).write_bytes(b"not a SentencePiece model")
    seal(made)
    with pytest.raises(NmtError, match="is not a SentencePiece model") as caught:
        open_bundle(made).tokenizers()
    assert caught.value.place == str(made / name)


def test_garbled_weights_are_refused_when_they_are_loaded(made: Path):
    (made / WEIGHTS).write_bytes(b"not a safetensors file")
    seal(made)
    with pytest.raises(NmtError, match="is not a readable safetensors file") as caught:
        Translator.load(made)
    assert "\n" not in str(caught.value)


# What is newer, or reaches outside.


@pytest.mark.parametrize("where", ["manifest", "card"])
def test_a_newer_format_is_refused_by_number(made: Path, monkeypatch: pytest.MonkeyPatch, where: str):
    if where == "manifest":
        rewrite(made, lambda manifest: manifest.update(format=2))
    else:
        (made / CARD).write_text('{"format": 2}', encoding="utf-8")
        seal(made)
    error = refusal(made)
    assert error.what == "has format 2, this nmt reads up to 1"
    assert error.hint == "update nmt"
    monkeypatch.setattr(module, "FORMAT", 2)
    open_bundle(made)


@pytest.mark.parametrize("name", ["../given.yaml", "/etc/hostname", "a/../../given.yaml", "nul\0byte"])
def test_no_path_leaves_the_folder(made: Path, name: str):
    digest = module.sha256(made.parent / "given.yaml")
    rewrite(made, lambda manifest: manifest["files"].update({name: digest}))
    assert "lies outside the folder" in refusal(made).what


@pytest.mark.parametrize("target", ["../given.yaml", "other.yaml"])
def test_no_file_is_reached_through_a_link(made: Path, target: str):
    (made / CONFIG).rename(made / "other.yaml")
    (made / CONFIG).symlink_to(target)
    seal(made)
    assert "lies outside the folder" in refusal(made).what
