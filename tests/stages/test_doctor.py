"""The doctor sees what is broken, and survives it."""

import importlib
import importlib.metadata
import os
import shutil
from collections import namedtuple
from pathlib import Path
from typing import Any

import pytest

from nmt.errors import NmtError
from nmt.stages import doctor
from nmt.stages.doctor import Finding, examine
from nmt.stages.requirements import Requirement


@pytest.fixture(autouse=True)
def quick(monkeypatch, tmp_path):
    """Small matrices, in a folder of one's own."""
    monkeypatch.setattr(doctor, "WIDTH", 8)
    monkeypatch.setattr(doctor, "TIMED", 0.001)
    monkeypatch.setattr("torch.set_num_threads", lambda _: None)
    monkeypatch.chdir(tmp_path)


def found(name: str) -> Finding:
    (one,) = [finding for finding in examine() if finding.name == name]
    return one


def without(monkeypatch, broken: str, error: Exception) -> None:
    """Makes a module one that cannot be imported."""
    real = importlib.import_module

    def load(name: str, *rest: Any) -> Any:
        if name == broken:
            raise error
        return real(name, *rest)

    monkeypatch.setattr(importlib, "import_module", load)


def test_this_installation_works():
    findings = list(examine())
    assert [one for one in findings if one.status == "problem"] == []
    names = [one.name for one in findings]
    assert len(names) == len(set(names))
    assert {"python", "processor", "gpu", "memory", "disk", "runs", "fonts", "corpus", "matrices"} <= set(
        names
    )


def test_a_broken_torch_is_one_line_a_point_and_the_rest_is_seen(monkeypatch):
    monkeypatch.setattr(doctor, "requirements", lambda _: [Requirement("torch", ">=2.10")])
    without(monkeypatch, "torch", OSError("libtorch.so: cannot open\nshared object file"))
    findings = {one.name: one for one in examine()}
    assert findings["torch"].status == "problem"
    assert "does not load: OSError: libtorch.so: cannot open shared object file" in findings["torch"].what
    assert findings["torch"].way_out == "pip install --force-reinstall torch"
    assert findings["matrices"].status == "problem"
    assert findings["scores"].status == "ok"


def test_a_package_that_is_missing_or_out_of_range_has_its_command(monkeypatch):
    wanted = [Requirement("no-such-package", ">=1"), Requirement("numpy", ">=99")]
    monkeypatch.setattr(doctor, "requirements", lambda _: wanted)
    missing, old = found("no-such-package"), found("numpy")
    assert (missing.status, missing.way_out) == ("problem", "pip install 'no-such-package>=1'")
    assert (old.status, old.way_out) == ("problem", "pip install 'numpy>=99'")
    assert old.what.endswith("is outside >=99")


def test_a_source_tree_that_is_not_installed_is_a_note(monkeypatch):
    def unknown(_: str) -> Any:
        raise importlib.metadata.PackageNotFoundError

    monkeypatch.setattr(importlib.metadata, "metadata", unknown)
    assert (found("nmt").status, found("nmt").way_out) == ("note", "pip install -e .")


def test_threads_that_spin_are_a_note(monkeypatch):
    monkeypatch.setenv("OMP_WAIT_POLICY", "ACTIVE")
    monkeypatch.setenv("OMP_NUM_THREADS", "97")
    assert found("waiting").status == "note"
    assert "OMP_NUM_THREADS is 97" in found("threads").what


def test_a_gpu_that_torch_cannot_use_is_a_note(monkeypatch, tmp_path):
    (tmp_path / "nvidia").touch()
    monkeypatch.setattr(doctor, "NVIDIA", (str(tmp_path / "nvidia"),))
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    monkeypatch.setattr("torch.version.cuda", None)
    assert (found("gpu").status, "a build without CUDA" in found("gpu").what) == ("note", True)
    monkeypatch.setattr("torch.version.cuda", "12.8")
    assert "CUDA 12.8 cannot use it" in found("gpu").what
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    monkeypatch.setattr("torch.cuda.get_device_name", lambda: "H200")
    assert found("gpu").what.startswith("H200: torch can use it")


def test_little_memory_and_disk_are_notes(monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(doctor, "free_memory", lambda: 1_000_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(0, 0, 500_000_000))
    assert (found("memory").status, found("memory").what) == ("note", "1.0 GB free")
    assert (found("disk").status, found("disk").what) == ("note", "0.5 GB free here")
    monkeypatch.setattr(doctor, "free_memory", lambda: None)
    assert found("memory").status == "ok"


@pytest.mark.parametrize("fast", [True, False])
def test_the_products_of_bfloat16_are_timed_only_where_they_are_fast(monkeypatch, fast):
    monkeypatch.setattr(doctor, "fast_bfloat16", lambda: fast)
    assert "float32" in found("matrices").what
    assert ("bfloat16" in found("matrices").what) == fast


def test_a_folder_that_cannot_be_written_to_is_a_note(monkeypatch):
    Path("runs").mkdir()
    assert found("runs").what == "runs/ can be written to"
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert (found("runs").status, found("runs").way_out) == ("note", "train elsewhere: --out")


def test_a_lost_corpus_is_a_problem(monkeypatch):
    def lost(name: str) -> Path:
        raise NmtError(name, "does not ship", "reinstall")

    monkeypatch.setattr(doctor, "shipped", lost)
    assert found("corpus").text() == "problem  corpus         data/train.en does not ship (reinstall)"


def test_scores_and_tokens_that_come_out_wrong_are_problems(monkeypatch):
    monkeypatch.setattr("nmt.text.tokenizer.Tokenizer.decode", lambda *_: "else")
    assert found("tokenizer").status == "problem"
    assert "came back as 'else'" in found("tokenizer").what


def test_a_machine_without_a_chinese_font_draws_svg(monkeypatch):
    monkeypatch.setattr("nmt.pictures.fonts.cjk_font", lambda: None)
    assert (found("fonts").status, found("fonts").way_out) == ("note", "pip install 'nmt[cjk]'")
