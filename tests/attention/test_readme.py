"""README.md: its example runs, its table names what there is, and its config lines are read."""

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from nmt.config.attention import Attention

README = (Path(__file__).parents[2] / "nmt" / "attention" / "README.md").read_text(encoding="utf-8")
LINES = re.findall(r"\| `((?:score|window|align|fuse|heads|coverage): \{.*?\})` \|", README)


def test_the_example_runs_and_shows_what_it_says(capsys):
    (example,) = re.findall(r"^```python\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)
    exec(example, {})
    soft, local, hard, gradient = capsys.readouterr().out.splitlines()
    weights = [
        [float(number) for number in re.findall(r"[\d.e-]+", line.split("[")[1])]
        for line in (soft, local, hard)
    ]
    assert all(row[3:] == [0.0, 0.0] for row in weights)
    assert sum(weights[0]) == pytest.approx(1)
    assert 0 < sum(weights[1]) < 0.999
    assert sorted(weights[2]) == [0, 0, 0, 0, 1]
    assert gradient.endswith("True")


def test_there_are_config_lines():
    assert len(LINES) > 25


@pytest.mark.parametrize("line", LINES)
def test_a_config_line_is_read(line: str):
    Attention.model_validate(YAML(typ="safe", pure=True).load(line))


def test_links_lead_to_files_of_this_tree():
    for link in re.findall(r"\]\((?!http)([^)]+)\)", README):
        path = (Path(__file__).parents[2] / "nmt" / "attention" / link).resolve()
        assert path.exists() or path.name == "attention-study.md"  # made by scripts/study_attention.py
