"""The rows are the files of configs/attention/: three lines each, one of them what makes the row."""

from pathlib import Path

import pytest
import torch
from study import europarl
from study.rows import CORPORA, REFERENCE, Places, Row, chosen, every_row
from study.significance import BASELINES, PAIRS

from nmt.config.differences import identity_differences
from nmt.config.reader import read
from nmt.config.rnn import RnnModel
from nmt.config.tokenizer import Sided
from nmt.data.build import open_corpus
from nmt.errors import ConfigErrors, UsageError
from nmt.models.build import build_model
from nmt.text.special import PAD

ROOT = Path(__file__).parents[3]
CONFIGS = ROOT / "configs/attention"
ROWS = every_row()
TRAINED_OTHERWISE = {"local-p-slow": "training.optimizer.lr", "hard-longer": "training.max_steps"}


def config(row: Row) -> Path:
    return Places(configs=CONFIGS).config(row)


@pytest.fixture(params=ROWS, ids=[row.key for row in ROWS])
def row(request) -> Row:
    return request.param


@pytest.fixture(params=CORPORA)
def base(request):
    return read(CONFIGS / f"base-{request.param}.yaml")


def test_the_files_are_the_rows_and_their_bases():
    names = {config(row).name for row in ROWS} | {f"base-{corpus}.yaml" for corpus in CORPORA}
    assert {file.name for file in CONFIGS.iterdir()} == names
    assert len(ROWS) == len({row.key for row in ROWS}) > 15


def test_a_row_is_three_lines_the_first_of_which_trains_it(row):
    command, base, *lines, end = config(row).read_text(encoding="utf-8").split("\n")
    assert command == f"# nmt train configs/attention/{config(row).name}"
    assert base == f"base: base-{row.corpus}.yaml"
    assert "; ".join(lines) == Places(configs=CONFIGS).changed(row)
    assert len(lines) == (2 if row.name in TRAINED_OTHERWISE else 1)
    assert end == ""


def test_a_row_differs_from_its_base_in_its_attention_alone(row):
    differences = identity_differences(read(CONFIGS / f"base-{row.corpus}.yaml"), read(config(row)))
    changed = ("model.", TRAINED_OTHERWISE.get(row.name, "model."))
    assert all(one.startswith(changed) for one in differences)
    assert bool(differences) == (row.name != CORPORA[row.corpus].reference)


def test_rows_of_one_name_have_one_line_on_every_corpus():
    places = Places(configs=CONFIGS)
    lines = {}
    for row in ROWS:
        lines.setdefault(row.name, set()).add(places.changed(row))
    assert {name: found for name, found in lines.items() if len(found) > 1} == {}
    assert len({line for found in lines.values() for line in found}) == len(lines)


def test_its_model_builds_over_annotations_as_wide_as_the_state(row):
    experiment = read(config(row))
    if isinstance(experiment.model, RnnModel):
        assert experiment.model.encoder.output == experiment.model.hidden
    with torch.device("meta"):
        model = build_model(experiment.model, source_size=50, target_size=50, padding=PAD)
    assert sum(parameter.numel() for parameter in model.parameters()) > 500_000


def test_a_base_is_a_whole_experiment_of_a_fixed_number_of_steps(base):
    training = base.training
    assert training.max_seconds is training.early_stopping is None
    assert training.precision != "auto"  # not what the machine likes best
    assert training.max_steps % training.validate_every == 0
    assert training.schedule.steps is None
    assert isinstance(base.tokenizer, Sided) or base.tokenizer.joint


@pytest.mark.parametrize("corpus", CORPORA)
def test_every_test_set_is_named_in_the_base_and_the_shipped_files_are_there(corpus):
    base, one = read(CONFIGS / f"base-{corpus}.yaml"), CORPORA[corpus]
    assert {one.test, *one.also} == set(base.data.test)
    paths = [Path(path) for test in base.data.test.values() for path in open_corpus(test).paths]
    gold = [one.gold.source, one.gold.target, one.gold.links, *(one.gold.words or ())] if one.gold else []
    assert all((ROOT / path).is_file() for path in [*paths, *gold] if path.parts[0] == "data")


def test_the_europarl_base_reads_what_the_study_writes(tmp_path):
    base = read(CONFIGS / "base-europarl.yaml").data
    named = {
        path for one in (base.train, base.validation, *base.test.values()) for path in open_corpus(one).paths
    }
    assert {Path(path).parent for path in named} == {europarl.CORPORA / "de-en-europarl-study"}
    assert {Path(path).name for path in named} == {
        f"{part}.{side}" for part in europarl.PARTS for side in ("de", "en")
    }


def test_rows_are_chosen_by_name_by_corpus_or_all():
    assert chosen([]) == ROWS
    assert chosen(["multi30k-dot"]) == [Row("multi30k", "dot")]
    assert [row.name for row in chosen(["europarl"])] == list(CORPORA["europarl"].rows)
    assert [row.key for row in chosen(["heads-one"])] == [f"heads-one-seed-{seed}" for seed in (1, 2, 3)]
    assert chosen(["heads-one-seed-2"]) == [Row("heads", "one", 2)]
    with pytest.raises(UsageError, match="no row or corpus is called 'dot'"):
        chosen(["dot"])


def test_the_reference_is_trained_first_and_what_is_compared_exists():
    assert all(one.reference == REFERENCE for one in CORPORA.values() if REFERENCE in one.rows)
    names = set(CORPORA["multi30k"].rows)
    assert set(BASELINES) <= names
    assert {name for pair in PAIRS for name in pair} <= names


def test_a_slip_in_a_row_is_found_where_it_stands(tmp_path):
    (tmp_path / "base-europarl.yaml").write_bytes((CONFIGS / "base-europarl.yaml").read_bytes())
    (tmp_path / "slip.yaml").write_text(
        "base: base-europarl.yaml\nmodel: {attentoin: none}\n", encoding="utf-8"
    )
    with pytest.raises(ConfigErrors) as caught:
        read(tmp_path / "slip.yaml")
    assert "slip.yaml:2:9: model.attentoin" in caught.value.problems[0]
