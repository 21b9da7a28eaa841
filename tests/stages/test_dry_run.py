"""A training foretold: what it says is what training then is, and nothing is left of it on disk."""

from pathlib import Path

import pytest

from nmt.bundle import open_bundle
from nmt.data.order import Order
from nmt.errors import NmtError, UsageError
from nmt.stages import assemble, dry_run, train
from nmt.stages.info import info
from nmt.training.ema import Ema


def foretell(config: Path, *overrides: str, **arguments):
    return dry_run.run(config, overrides, say=lambda line: None, **arguments)


def listing(*folders: Path) -> dict[Path, bytes | None]:
    found = (path for folder in folders for path in folder.rglob("*"))
    return {path: path.read_bytes() if path.is_file() else None for path in found}


@pytest.fixture
def trained(experiment, tmp_path) -> Path:
    train.run(
        experiment, ["training.max_steps=4"], out=tmp_path / "run", say=lambda _: None, listen=lambda _: None
    )
    return tmp_path / "run"


def test_nothing_is_written_and_the_temporary_folder_goes(experiment, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    before = listing(tmp_path)
    foretell(experiment)
    left = listing(tmp_path)
    left.pop(next((tmp_path / "temporary").glob("torchinductor_*"), tmp_path), None)  # torch's own, and empty
    assert left == before


def test_what_it_says_is_what_training_is(experiment, trained):
    told = foretell(experiment, "training.keep_last=1", out=trained, fresh=True)
    real = info(trained)
    assert sum(told.parameters.values()) == sum(real.parameters.values())
    assert [told.source_pieces, told.target_pieces] == [real.vocabularies["joint"]["size"]] * 2
    assert (told.pairs, told.sampled, told.kept, told.dropped) == (200, 200, 200, "")
    size = sum(
        file.stat().st_size for file in (trained / "checkpoints/step-000004").rglob("*") if file.is_file()
    )
    assert 0.8 * size < told.checkpoint < size  # what is small beside real weights does not count
    assert told.checkpoints == 3
    assert told.seconds_per_step > 0
    assert (told.step, told.steps_left) == (None, 20)


def test_an_average_of_the_weights_takes_its_place_on_the_disk(experiment, tmp_path):
    settings = ["training.ema=0.9", "training.max_steps=4", "training.keep_last=2", "training.keep_best=3"]
    train.run(experiment, settings, out=tmp_path / "run", say=lambda _: None, listen=lambda _: None)
    told = foretell(experiment, *settings)
    newest = tmp_path / "run/checkpoints/step-000004"
    size = sum(file.stat().st_size for file in newest.rglob("*") if file.is_file())
    without = size - (newest / "state/weights.safetensors").stat().st_size
    assert 0.8 * size < told.checkpoint < size
    assert told.checkpoint > without
    assert told.checkpoints == 6  # the last, the best, and the one that is being written
    assert told.disk > 6 * told.checkpoint


def test_the_average_is_made_at_every_update_that_is_measured(experiment, monkeypatch):
    made = []
    real = Ema.update
    monkeypatch.setattr(Ema, "update", lambda self: made.append(self) or real(self))
    foretell(experiment)
    assert not made
    foretell(experiment, "training.ema=0.9")
    assert made[0].updates == len(made) > 2


def test_a_parent_of_another_shape_is_refused_before_training(experiment, trained):
    beginning = (
        f"training={{init_from: {trained}, reset: [optimizer, schedule, data, best], batch_tokens: 256}}"
    )
    with pytest.raises(NmtError, match=r"model\.hidden: 16 -> 8"):
        foretell(experiment, beginning, "model.hidden=8")
    assert foretell(experiment, beginning).step is None


def test_a_run_that_is_there_needs_its_parent_no_more(experiment, trained, tmp_path):
    settings = [f"training.init_from={trained}", "training.max_steps=2"]
    train.run(experiment, settings, out=tmp_path / "child", say=lambda _: None, listen=lambda _: None)
    trained.rename(tmp_path / "elsewhere")
    assert foretell(experiment, *settings, out=tmp_path / "child").step == 2
    with pytest.raises(NmtError, match="no such model"):
        foretell(experiment, *settings)


def test_an_epoch_has_the_steps_of_its_order(experiment, trained, monkeypatch):
    batches = []
    real = Order.batches
    monkeypatch.setattr(
        Order, "batches", lambda self, epoch: batches.append(real(self, epoch)) or batches[-1]
    )
    told = foretell(experiment, "training.accumulate=2")
    assert told.steps_per_epoch == batches[-1] / 2
    rows, source, target = told.largest
    assert rows * max(source, target) <= 256


def test_a_run_that_is_there_is_gone_on_with_and_untouched(experiment, trained):
    before = listing(trained)
    told = foretell(experiment, out=trained)
    assert (told.step, told.steps_left) == (4, 16)
    assert "is there, at step 4\n" in told.text()
    assert listing(trained) == before
    with pytest.raises(UsageError, match=r"is a run of another experiment: model\.hidden: 16 -> 8"):
        foretell(experiment, "model.hidden=8", out=trained)
    assert foretell(experiment, "model.hidden=8", out=trained, fresh=True).step is None


def test_a_run_s_own_tokenizers_are_used(experiment, trained, monkeypatch):
    monkeypatch.setattr(assemble, "build_tokenizers", lambda *_, **__: pytest.fail("trained new ones"))
    told = foretell(experiment, out=trained)
    assert told.source_pieces == open_bundle(trained).tokenizers().source.size


def test_a_large_corpus_is_estimated_from_a_sample(experiment, monkeypatch):
    whole = foretell(experiment)
    monkeypatch.setattr(dry_run, "SAMPLE", 100)
    told = foretell(experiment)
    assert (told.pairs, told.sampled, told.kept) == (200, 100, 100)
    assert "pairs       estimated from 100 of 200: 100 of 100 kept\n" in told.text()
    assert told.steps_per_epoch == pytest.approx(whole.steps_per_epoch, rel=0.35)
