"""The recipes in configs/: each parses, builds, is named for what it is, and begins with the command that runs it."""

import re
from pathlib import Path

import pytest
import torch

from nmt.config.experiment import Experiment
from nmt.config.reader import dump, read
from nmt.config.tokenizer import Sided
from nmt.data.build import open_corpus
from nmt.models.build import build_model
from nmt.text.special import PAD

ROOT = Path(__file__).parent.parent
CONFIGS = ROOT / "configs"
RNNS = (
    "multi30k-en-cs-3k-rnn-bahdanau",
    "multi30k-en-de-rnn-bahdanau",
    "quickstart-rnn",
    "tatoeba-en-zh-rnn-bahdanau",
)
RECIPES = (
    *RNNS,
    "multi30k-en-cs-transformer",
    "multi30k-en-de-transformer",
    "multi30k-en-de-transformer-lc",
    "multi30k-en-fr-transformer",
    "multi30k-en-fr-transformer-lc",
    "quickstart-transformer",
    "tatoeba-3am-en-zh-transformer",
)
PRESETS = {
    "tiny": (128, 256, 4, 4),
    "small": (256, 1024, 3, 4),
    "base": (512, 2048, 6, 8),
    "big": (1024, 4096, 6, 16),
}
NAMES = tuple(sorted((*RECIPES, *(f"transformer-{size}" for size in PRESETS))))
BAHDANAU = {"score": "additive", "window": "none", "align": "soft", "fuse": "readout"}


@pytest.fixture(params=NAMES)
def name(request) -> str:
    return request.param


@pytest.fixture
def experiment(name) -> Experiment:
    return read(CONFIGS / f"{name}.yaml")


def test_the_names_are_the_folder_s():
    assert sorted(file.stem for file in CONFIGS.iterdir() if file.is_file()) == list(NAMES)
    assert [folder.name for folder in CONFIGS.iterdir() if folder.is_dir()] == ["attention"]


def test_the_readme_names_no_other():
    named = set(re.findall(r"configs/([\w-]+)\.yaml", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert "quickstart-rnn" in named
    assert named <= set(NAMES)


def test_the_first_line_is_the_command_that_runs_it(name):
    first, second = (CONFIGS / f"{name}.yaml").read_text(encoding="utf-8").split("\n")[:2]
    assert re.fullmatch(rf"# nmt train configs/{name}\.yaml( --init-from runs/[\w-]+)?", first)
    assert second == "#"


def test_check_has_nothing_to_say(name, command):
    done = command("config", "check", CONFIGS / f"{name}.yaml")
    assert (done.code, done.out, done.err) == (0, "", f"{CONFIGS / name}.yaml: ok\n")


@pytest.mark.parametrize("name", RECIPES)
def test_its_name_says_corpus_languages_and_model(name, experiment):
    train = experiment.data.train
    first = None if isinstance(train, tuple) else train.first
    languages = f"{experiment.languages.source}-{experiment.languages.target}"
    kind = {"rnn": "rnn-bahdanau", "transformer": "transformer"}[experiment.model.type]
    size = f"-{first // 1000}k" if first else ""
    lower = experiment.tokenizer.model_dump().get("normalisation") == "lower"
    if name.startswith("quickstart"):
        assert name == f"quickstart-{experiment.model.type}"
    else:
        assert name.endswith(f"-{languages}{size}-{kind}{'-lc' * lower}")


@pytest.mark.parametrize("name", RNNS)
def test_an_rnn_s_attention_is_bahdanau_s(name, experiment):
    parts = experiment.model.attention
    assert {part: getattr(parts, part).type for part in BAHDANAU} == BAHDANAU


@pytest.mark.parametrize("size", PRESETS)
def test_a_preset_has_the_size_that_its_name_promises(size):
    model = read(CONFIGS / f"transformer-{size}.yaml").model
    d_model, ffn, layers, heads = PRESETS[size]
    assert (model.d_model, model.ffn, model.heads.count) == (d_model, ffn, heads)
    assert (model.encoder_layers, model.decoder_layers) == (layers, layers)


def test_every_file_that_it_reads_is_named_for_its_language_and_its_corpus(name, experiment):
    languages = (experiment.languages.source, experiment.languages.target)
    train = experiment.data.train
    sets = [*(train if isinstance(train, tuple) else (train,)), experiment.data.validation]
    sets += experiment.data.test.values()
    assert len(sets) > 2
    for section in sets:
        for path, language in zip(open_corpus(section).paths, languages, strict=True):
            assert Path(path).name.removesuffix(".gz").endswith(f".{language}")
            if name.startswith(("quickstart", "transformer")):
                assert (ROOT / path).is_file()
            else:
                folder = Path(path).parent.name
                assert any(corpus in folder for corpus in name.split("-en-")[0].split("-"))


def test_what_is_printed_of_it_reads_back_equal(experiment, tmp_path):
    (tmp_path / "shown.yaml").write_text(dump(experiment), encoding="utf-8")
    assert read(tmp_path / "shown.yaml") == experiment


def test_its_model_builds(experiment):
    section = experiment.tokenizer
    sizes = (
        (section.source.vocab_size, section.target.vocab_size)
        if isinstance(section, Sided)
        else (section.vocab_size, section.vocab_size)
    )
    with torch.device("meta"):
        model = build_model(experiment.model, source_size=sizes[0], target_size=sizes[1], padding=PAD)
    assert model.projection.weight.shape[0] == sizes[1]
    assert sum(parameter.numel() for parameter in model.parameters()) > 500_000
