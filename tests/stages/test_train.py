"""One run, however often it is interrupted: the same weights, the same metrics, and nothing of another's lost."""

import json
import os
import platform
import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file

from nmt.bundle import open_bundle
from nmt.errors import ConfigErrors, NmtError, UsageError
from nmt.stages.run_lock import locked
from nmt.stages.train import run

TIMES = ("seconds", "tokens_per_second")  # of a metrics line: what no two runs share


@dataclass(frozen=True)
class Unbroken:
    """A run that nobody interrupted, and how often it renamed a file or a folder."""

    config: Path
    run: Path
    steps: int
    renames: int


@pytest.fixture(scope="module")
def unbroken(shared_experiment, train, tmp_path_factory) -> Unbroken:
    out = tmp_path_factory.mktemp("unbroken") / "run"
    answer = train(shared_experiment, out)
    assert answer["code"] == 0
    assert answer["result"]["reason"] == "max_steps"
    return Unbroken(shared_experiment, out, answer["steps"], answer["renames"])


def weights(folder: Path) -> dict[str, bytes]:
    """The bits of weights and optimiser of the last checkpoint, and of the best model."""
    last = folder / "checkpoints" / (folder / "checkpoints/last").read_text().strip()
    files = (
        last / "model.safetensors",
        last / "state/optimizer.safetensors",
        folder / "model/model.safetensors",
    )
    return {
        f"{number}.{name}": tensor.numpy().tobytes()
        for number, file in enumerate(files)
        for name, tensor in load_file(file).items()
    }


def metrics(folder: Path) -> list[dict[str, Any]]:
    """The lines of ``metrics.jsonl``, without what a clock said."""
    rows = (json.loads(line) for line in (folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines())
    return [{key: value for key, value in row.items() if key not in TIMES} for row in rows]


def assert_same(found: Path, expected: Path) -> None:
    assert weights(found) == weights(expected)
    assert metrics(found) == metrics(expected)


def left_over(folder: Path) -> list[Path]:
    return [path for path in folder.rglob(".*") if path.name.endswith((".tmp", ".old"))]


def kills(seed: int, count: int) -> Iterator[tuple[str, int]]:
    """Where to strike: steps and renames, chosen by chance."""
    generator = random.Random(seed)
    for _ in range(count):
        yield generator.choice(("kill step", "kill rename")), generator.randint(1, 19)


def test_what_is_tested_has_epochs_saves_and_validations(unbroken):
    rows = metrics(unbroken.run)
    assert unbroken.steps == 20
    assert unbroken.renames > 25
    assert max(row["epoch"] for row in rows if row["type"] == "train") >= 1
    assert [row["step"] for row in rows if row["type"] == "validation"] == [7, 14, 20]
    assert len({row["nll"] for row in rows if row["type"] == "train"}) == 10


def test_the_metrics_tell_gradients_by_part_and_by_distance(unbroken):
    rows = metrics(unbroken.run)
    for row in (row for row in rows if row["type"] == "train"):
        assert row["skipped"] == 0
        norms = row["grad_norms"]
        assert norms.keys() == {
            "encoder.embedding", "encoder", "decoder.embedding", "decoder.attention", "decoder", "projection",
        }  # fmt: skip
        # Each log line is the mean of two updates, so that the whole is no more than the parts' root of squares.
        assert max(norms.values()) <= row["grad_norm"] <= sum(norms.values())
    for row in (row for row in rows if row["type"] == "validation"):
        assert len(row["gradient_by_distance"]) > 4
        assert all(norm > 0 for norm in row["gradient_by_distance"])


def test_the_same_seed_gives_the_same_run(unbroken, train, tmp_path):
    assert train(unbroken.config, tmp_path / "run")["code"] == 0
    assert_same(tmp_path / "run", unbroken.run)


def test_another_seed_gives_another(unbroken, train, tmp_path):
    train(unbroken.config, tmp_path / "run", overrides=["training.seed=4"])
    assert weights(tmp_path / "run") != weights(unbroken.run)


@pytest.mark.parametrize(("end", "count"), list(kills(seed=1, count=10)))
def test_a_killed_run_goes_on_to_the_same_weights(unbroken, train, tmp_path, end, count):
    out = tmp_path / "run"
    assert train(unbroken.config, out, end=end, count=count)["code"] == -9
    assert train(unbroken.config, out)["result"]["step"] == 20
    assert_same(out, unbroken.run)
    assert not left_over(out)


@pytest.mark.parametrize(("end", "number"), [("terminate", 15), ("interrupt", 2)])
def test_a_signal_saves_before_the_run_ends(unbroken, train, tmp_path, end, number):
    answer = train(unbroken.config, tmp_path / "run", end=end, count=11)
    assert (answer["code"], answer["result"]["step"], answer["result"]["signal"]) == (0, 11, number)
    assert (tmp_path / "run/checkpoints/last").read_text() == "step-000011\n"
    assert train(unbroken.config, tmp_path / "run")["steps"] == 9
    assert_same(tmp_path / "run", unbroken.run)


@pytest.mark.parametrize(("end", "code"), [("terminate twice", -15), ("interrupt twice", -2)])
def test_the_second_signal_ends_the_run_at_once(unbroken, train, tmp_path, end, code):
    assert train(unbroken.config, tmp_path / "run", end=end, count=11)["code"] == code
    assert (tmp_path / "run/checkpoints/last").read_text() == "step-000009\n"
    train(unbroken.config, tmp_path / "run")
    assert_same(tmp_path / "run", unbroken.run)


def test_sigusr1_saves_and_the_run_goes_on(unbroken, train, tmp_path):
    answer = train(unbroken.config, tmp_path / "run", end="save", count=11)
    assert (answer["code"], answer["steps"]) == (0, 20)
    assert answer["saved"] == [0, 3, 6, 7, 9, 11, 12, 15, 18, 20]
    assert_same(tmp_path / "run", unbroken.run)


def test_a_run_stopped_where_a_validation_is_due_still_makes_it(unbroken, train, tmp_path):
    train(unbroken.config, tmp_path / "run", end="terminate", count=7)
    train(unbroken.config, tmp_path / "run")
    assert_same(tmp_path / "run", unbroken.run)


def test_a_run_stopped_at_the_border_of_an_epoch_goes_on(unbroken, train, tmp_path):
    rows = [row for row in metrics(unbroken.run) if row["type"] == "train"]
    border = next(row["step"] for row in rows if row["epoch"] == 1)
    for step in (border - 2, border - 1, border):
        out = tmp_path / str(step)
        train(unbroken.config, out, end="terminate", count=step)
        train(unbroken.config, out)
        assert_same(out, unbroken.run)


def test_interrupted_again_and_again(unbroken, train, tmp_path):
    out = tmp_path / "run"
    for end, count in (("kill step", 5), ("terminate", 8), ("kill rename", 3), ("kill step", 16)):
        train(unbroken.config, out, end=end, count=count)
    train(unbroken.config, out)
    assert_same(out, unbroken.run)


@pytest.mark.soak
def test_killed_instead_of_any_rename(unbroken, train, tmp_path):
    for count in range(1, unbroken.renames + 1):
        out = tmp_path / str(count)
        assert train(unbroken.config, out, end="kill rename", count=count)["code"] == -9
        train(unbroken.config, out)
        assert_same(out, unbroken.run)
        assert not left_over(out)
        shutil.rmtree(out)


@pytest.mark.soak
@pytest.mark.parametrize(("end", "count"), list(kills(seed=2, count=100)))
def test_killed_many_times(unbroken, train, tmp_path, end, count):
    train(unbroken.config, tmp_path / "run", end=end, count=count)
    train(unbroken.config, tmp_path / "run")
    assert_same(tmp_path / "run", unbroken.run)


@pytest.mark.parametrize("file", ["model.safetensors", "state/optimizer.safetensors"])
def test_a_damaged_checkpoint_costs_the_steps_since_the_one_before(unbroken, train, tmp_path, file):
    out = tmp_path / "run"
    train(unbroken.config, out, end="terminate", count=11)
    damaged = out / "checkpoints/step-000011" / file
    content = bytearray(damaged.read_bytes())
    content[-1] ^= 1
    damaged.write_bytes(content)
    answer = train(unbroken.config, out)
    warning = (
        f"warning: {damaged}: is damaged: its sha256 is not the manifest's (copy the model again); "
        "going on from step-000009 instead"
    )
    assert answer["said"][0] == warning
    assert warning in (out / "train.log").read_text(encoding="utf-8")
    assert answer["steps"] == 11
    assert_same(out, unbroken.run)


def test_a_run_is_one_process_s_at_a_time(unbroken, train, tmp_path):
    out = tmp_path / "run"
    with locked(out):
        answer = train(unbroken.config, out)
        what = f"{out}: is being trained by process {os.getpid()} on {platform.node()}"
        assert answer["result"]["error"] == f"{what} (wait for it, or give another --out)"
        assert [path.name for path in out.iterdir()] == [".lock"]
    assert not out.exists()
    # A dead process's lock is none, whatever the file says.
    train(unbroken.config, out, end="kill step", count=5)
    assert (out / ".lock").exists()
    assert train(unbroken.config, out)["code"] == 0
    assert not (out / ".lock").exists()
    assert_same(out, unbroken.run)


def test_what_a_dead_process_left_half_written_goes(unbroken, train, tmp_path):
    out = tmp_path / "run"
    train(unbroken.config, out, end="kill step", count=5)
    left = (out / "data/.table-0123.99", out / ".model.99.tmp", out / "checkpoints/.step-000006.99.tmp")
    for folder in left:
        folder.mkdir()
        (folder / "half").write_text("x")
    (out / ".config.yaml.tmp").write_text("x")
    train(unbroken.config, out)
    assert not left_over(out)
    assert not list(out.rglob(".*"))
    assert_same(out, unbroken.run)


def test_the_averaged_weights_are_the_model_and_resume_exactly(unbroken, train, tmp_path):
    averaged = ["training.ema=0.9"]
    train(unbroken.config, tmp_path / "whole", overrides=averaged)
    for end, count in (("kill step", 5), ("terminate", 11)):
        train(unbroken.config, tmp_path / "broken", overrides=averaged, end=end, count=count)
    train(unbroken.config, tmp_path / "broken", overrides=averaged)
    assert_same(tmp_path / "broken", tmp_path / "whole")
    last = tmp_path / "whole/checkpoints/step-000020"
    raw = last / "state/weights.safetensors"
    assert raw.read_bytes() == (tmp_path / "broken/checkpoints/step-000020/state" / raw.name).read_bytes()
    # Training itself does not know of the average.
    plain = unbroken.run / "checkpoints/step-000020/model.safetensors"
    assert raw.read_bytes() == plain.read_bytes()
    assert (last / "model.safetensors").read_bytes() != plain.read_bytes()


def test_a_rate_that_ruins_everything_ends_in_one_line_with_a_finite_model(experiment, train, tmp_path):
    out = tmp_path / "run"
    answer = train(experiment, out, overrides=["training.optimizer.lr=1e30", "training.save_every=1000"])
    assert "10 times in a row; the last checkpoint is from before" in answer["result"]["error"]
    last = out / "checkpoints" / (out / "checkpoints/last").read_text().strip()
    assert all(tensor.isfinite().all() for tensor in load_file(last / "model.safetensors").values())
    skipped = [row for row in metrics(out) if row["type"] == "skipped"]
    assert len(skipped) == 10
    place = f"{experiment.with_name('train.en')}:"
    assert all(line.startswith(place) for row in skipped for line in row["lines"])


def test_a_finished_run_is_left_as_it_is(unbroken, train, tmp_path):
    out = tmp_path / "run"
    shutil.copytree(unbroken.run, out)
    answer = train(unbroken.config, out)
    assert (answer["code"], answer["steps"]) == (0, 0)
    assert_same(out, unbroken.run)


def test_a_finished_run_goes_on_where_more_steps_are_asked_for(unbroken, train, tmp_path):
    shutil.copytree(unbroken.run, tmp_path / "shorter")
    answer = train(unbroken.config, tmp_path / "shorter", overrides=["training.max_steps=23"])
    assert answer["steps"] == 3
    train(unbroken.config, tmp_path / "longer", overrides=["training.max_steps=23"])
    last = "checkpoints/step-000023/model.safetensors"
    assert (tmp_path / "shorter" / last).read_bytes() == (tmp_path / "longer" / last).read_bytes()


def test_the_model_is_the_best_of_the_validations(unbroken):
    card = open_bundle(unbroken.run / "model").card
    rows = [row for row in metrics(unbroken.run) if row["type"] == "validation"]
    best = max(rows, key=lambda row: (row["bleu"], -row["step"]))
    assert card["step"] == best["step"]
    assert card["validation"]["loss"] == pytest.approx(best["loss"], abs=1e-6)
    assert card["validation"]["metrics"]["bleu"]["score"] == pytest.approx(best["bleu"], abs=1e-4)
    assert "|" in card["validation"]["metrics"]["bleu"]["signature"]


def test_a_run_leaves_all_its_files(unbroken):
    assert {path.name for path in unbroken.run.iterdir()} == {
        "checkpoints", "config.yaml", "curves.png", "data", "environment.json", "metrics.jsonl", "model", "train.log",
    }  # fmt: skip
    told = json.loads((unbroken.run / "environment.json").read_text())
    assert told["seed"] == 3
    assert set(told["data"]) == {str(unbroken.config.with_name(f"train.{side}")) for side in ("en", "de")}


def refused(config: Path, out: Path, *overrides: str, fresh: bool = False) -> str:
    """What is said of a run that may not be."""
    with pytest.raises((NmtError, UsageError, ConfigErrors)) as caught:
        run(config, overrides, out=out, fresh=fresh, say=lambda _: None, listen=lambda _: None)
    return str(caught.value)


def test_a_run_of_another_experiment_is_refused(unbroken):
    before = weights(unbroken.run)
    said = refused(unbroken.config, unbroken.run, "model.hidden=32", "training.seed=9")
    assert "model.hidden" in said
    assert "training.seed" in said
    assert weights(unbroken.run) == before


def test_changed_data_is_refused_by_name_even_of_equal_size_and_time(experiment, train, tmp_path):
    train(experiment, tmp_path / "run", end="terminate", count=4)
    text = experiment.with_name("train.de")
    stat, content = text.stat(), text.read_bytes()
    text.write_bytes(content.replace(b"rot", b"tor", 1))
    os.utime(text, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert "train.de: has changed since the run began" in refused(experiment, tmp_path / "run")


def test_fresh_starts_anew_and_touches_no_strangers(unbroken, train, tmp_path):
    train(unbroken.config, tmp_path / "run", end="terminate", count=4, overrides=["training.seed=9"])
    (tmp_path / "run/thesis.txt").write_text("years of work")
    assert "it holds 'thesis.txt'" in refused(unbroken.config, tmp_path / "run", fresh=True)
    (tmp_path / "run/thesis.txt").unlink()
    run(unbroken.config, out=tmp_path / "run", fresh=True, say=lambda _: None, listen=lambda _: None)
    assert_same(tmp_path / "run", unbroken.run)


@pytest.mark.parametrize("change", ["data.filters.max_length=1", "tokenizer.vocab_size=8"])
def test_fresh_puts_the_old_run_back_where_the_new_one_does_not_begin(unbroken, tmp_path, change):
    shutil.copytree(unbroken.run, tmp_path / "run")
    before = {path: path.read_bytes() for path in (tmp_path / "run").rglob("*") if path.is_file()}
    refused(unbroken.config, tmp_path / "run", change, fresh=True)
    assert {path: path.read_bytes() for path in (tmp_path / "run").rglob("*") if path.is_file()} == before


def test_a_run_that_ends_with_ruined_weights_says_so(unbroken, tmp_path):
    said = refused(unbroken.config, tmp_path / "run", "training.optimizer.lr=1e30", "training.max_steps=5")
    assert "the last checkpoint is from before" in said
    assert (tmp_path / "run/checkpoints/last").read_text() == "step-000000\n"


def test_whatever_happened_to_its_other_files_a_run_goes_on(unbroken, train, tmp_path):
    out = tmp_path / "run"
    train(unbroken.config, out, end="terminate", count=11)
    (table,) = (out / "data").glob("table-*/pairs.arrow")
    content = bytearray(table.read_bytes())
    content[len(content) // 2] ^= 255
    table.write_bytes(content)
    shutil.rmtree(out / "model")
    (out / "checkpoints/last").write_text("")
    lines = (out / "metrics.jsonl").read_text().splitlines(keepends=True)
    (out / "metrics.jsonl").write_text("".join(['{"type": "tr\n', "{}\n", "\0\0\n", *lines]))
    answer = train(unbroken.config, out)
    assert (answer["code"], answer["steps"]) == (0, 9)
    assert any("taken anew from step-000007" in line for line in answer["said"])
    assert_same(out, unbroken.run)


def test_an_environment_that_is_none_is_said_and_fresh_helps(unbroken, train, tmp_path):
    shutil.copytree(unbroken.run, tmp_path / "run")
    (tmp_path / "run/environment.json").write_text("{}")
    assert "environment.json: cannot be read (--fresh starts anew)" in refused(
        unbroken.config, tmp_path / "run"
    )
    (tmp_path / "run/environment.json").unlink()
    run(unbroken.config, out=tmp_path / "run", fresh=True, say=lambda _: None, listen=lambda _: None)
    assert_same(tmp_path / "run", unbroken.run)


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("train.de", None, "train.de: no such file"),
        ("train.de", b"", "has 0"),
        ("valid.de", b"rot\n", "16 lines"),
        ("train.de", b"rot\n", "200 lines"),
        ("train.en", b"red\n\xff\n", "train.en:2"),
    ],
)
def test_bad_data_makes_no_folder(experiment, tmp_path, name, content, expected):
    file = experiment.with_name(name)
    file.unlink()
    if content is not None:
        file.write_bytes(content)
    assert expected in refused(experiment, tmp_path / "run")
    assert not (tmp_path / "run").exists()
