"""Ranges of versions."""

import importlib.metadata

import pytest

from nmt.stages.requirements import Requirement, requirements


@pytest.mark.parametrize(
    ("wanted", "version", "allowed"),
    [
        (">=2.10,<2.14", "2.13.0+cpu", True),
        (">=2.10,<2.14", "2.9.1", False),  # not as text: "2.9" > "2.10"
        (">=2.10,<2.14", "2.14", False),
        (">=2.10, <2.14", "2.10.0", True),
        (">=0.2.3", "0.2.2", False),
        (">0.2", "0.2.0", False),
        ("==1.0", "1.0.0", True),
        ("!=1.0", "1.0.0", False),
        ("", "0.1", True),
        (">=3.11,<3.14", "3.14.0", False),
    ],
)
def test_numbers_are_compared_as_numbers(wanted, version, allowed):
    assert Requirement("x", wanted).allows(version) is allowed


def test_extras_do_not_count_and_names_are_normal(monkeypatch):
    lines = ["torch<2.14,>=2.10", "ruamel.yaml>=0.18", 'mypy>=1.15; extra == "dev"', "rich", "Old (>=1)"]
    monkeypatch.setattr(importlib.metadata, "requires", lambda _: lines)
    assert requirements("nmt") == [
        Requirement("torch", "<2.14,>=2.10"),
        Requirement("ruamel-yaml", ">=0.18"),
        Requirement("rich", ""),
        Requirement("old", ">=1"),
    ]
