"""``nmt config``: what goes to stdout, what to stderr, what is never overwritten."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from nmt.cli.config import app
from nmt.config.reader import read
from nmt.errors import ConfigErrors, NmtError

SMALL = """\
languages: {source: en, target: de}
data: {train: {tsv: t}, validation: {tsv: v}}
model: {type: rnn}
training: {max_steps: 10}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("c.yaml").write_text(SMALL)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), catch_exceptions=False)


def test_show_prints_yaml_that_reads_back_equal():
    result = run("show", "c.yaml", "--set", "model.hidden=64", "--set", "training.seed=5")
    Path("d.yaml").write_text(result.stdout)
    assert read("d.yaml") == read("c.yaml", ["model.hidden=64", "training.seed=5"])
    assert result.stderr == ""


def test_check_says_ok_on_stderr():
    result = run("check", "c.yaml", "c.yaml")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "c.yaml: ok\nc.yaml: ok\n")


def test_check_raises_all_errors_of_all_files():
    Path("bad.yaml").write_text(SMALL.replace("rnn", "rmn"))
    with pytest.raises(ConfigErrors) as caught:
        run("check", "c.yaml", "bad.yaml", "none.yaml")
    assert caught.value.exit_code == 2
    assert len(caught.value.problems) == 2


def test_schema_prints_json():
    assert json.loads(run("schema").stdout)["title"] == "Experiment"


def test_init_writes_to_stdout_or_to_a_file():
    text = run("init", "--model", "rnn").stdout
    result = run("init", "-o", "experiment.yaml")
    assert Path("experiment.yaml").read_text() == text
    assert read("experiment.yaml").model.type == "rnn"
    assert result.stdout == ""
    assert "nmt train experiment.yaml" in result.stderr


def test_init_overwrites_only_by_force():
    with pytest.raises(NmtError, match=r"c.yaml: exists already \(--force overwrites it\)"):
        run("init", "-o", "c.yaml")
    assert Path("c.yaml").read_text() == SMALL
    run("init", "-o", "c.yaml", "--force")
    assert Path("c.yaml").read_text() != SMALL


def test_init_names_a_folder_that_is_not_there():
    with pytest.raises(NmtError, match="no such file or directory"):
        run("init", "-o", "none/c.yaml")


@pytest.mark.parametrize("command", ["show", "check", "schema", "init"])
def test_every_command_leads_with_an_example(command):
    assert f"nmt config {command}" in run(command, "--help").stdout
