"""``nmt doctor``: a line a point, JSON, and exit 1 where something is in the way."""

import json
import re

import pytest

from nmt.stages import doctor
from nmt.stages.doctor import Finding


@pytest.fixture(autouse=True)
def findings(monkeypatch) -> list[Finding]:
    """Made-up ones, to which a test may add."""
    made_up = [Finding("ok", "python", "3.12"), Finding("note", "disk", "1 GB", "more")]
    monkeypatch.setattr(doctor, "examine", lambda: iter(made_up))
    return made_up


def test_each_finding_is_a_line(command):
    done = command("doctor")
    assert (done.code, done.err) == (0, "")
    assert done.out == "ok       python         3.12\nnote     disk           1 GB (more)\n"


def test_problems_are_counted_and_named_last(command, findings):
    findings += [
        Finding("problem", "torch", "is not installed", "pip install torch"),
        Finding("ok", "text", "fine"),
    ]
    done = command("doctor")
    assert (done.code, done.err) == (1, "nmt: error: doctor: 1 problem in the way: torch (see above)\n")
    assert "problem  torch          is not installed (pip install torch)\n" in done.out
    assert re.search(r"^ok       text", done.out, flags=re.MULTILINE)


def test_json_is_a_list_of_findings(command, findings):
    findings.append(Finding("problem", "torch", "gone"))
    done = command("doctor", "--json")
    assert done.code == 1
    told = json.loads(done.out)
    assert told[1] == {"status": "note", "name": "disk", "what": "1 GB", "way_out": "more"}
    assert [one["status"] for one in told] == ["ok", "note", "problem"]
