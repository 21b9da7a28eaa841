"""A training foretold: what it says is what training then is, and nothing is left of it on disk."""

from pathlib import Path

import pytest

from nmt.bundle import open_bundle
from nmt.data.order import Order
from nmt.errors import UsageError
from nmt.stages import assemble, dry_run, train
from nmt.stages.info import info


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
