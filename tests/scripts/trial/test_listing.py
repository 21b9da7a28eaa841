"""A list of trials is a base, a budget and what each trial changes; what is wrong with it is one line."""

from pathlib import Path

import pytest
from trial import listing

from nmt.config.reader import read
from nmt.errors import UsageError


def test_lists_and_mappings_become_overrides_that_the_reader_takes(trials):
    assert trials.budget == ("training.max_steps=4", "training={log_every: 2}")
    base, r_drop, cooldown, _ = trials.trials
    assert (base.changes, base.note) == ((), "")
    assert r_drop.changes == ("training.r_drop=2.5", "model.dropout=0.1")
    assert r_drop.note == "half of the paper's 5"
    training = read(trials.base, trials.overrides(cooldown)).training
    assert (training.max_steps, training.log_every, training.schedule.decay) == (4, 2, 0.5)


def test_a_trial_of_that_name_is_chosen_in_the_order_of_the_list(trials):
    assert [one.key for one in trials.chosen(["cooldown", "base"])] == ["base", "cooldown"]
    assert trials.chosen([]) == list(trials.trials)
    with pytest.raises(UsageError, match="no trial is called 'r-dropp'"):
        trials.chosen(["r-dropp"])


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("base: c.yaml\ntrial: {a: []}", "unknown key 'trial'"),
        ("trials: {a: []}", "needs a base"),
        ("base: c.yaml\ntrials: [a]", "needs a base"),
        ("base: c.yaml\ntrials: {}", "needs a base"),
        ("base: c.yaml\ntrials: {a/b: []}", "'a/b' is no name"),
        ("base: c.yaml\ntrials: {a: 3}", "trials.a: neither a list of overrides nor a mapping"),
        ("base: c.yaml\nbudget: x\ntrials: {a: []}", "budget: neither"),
        ("[a]", "is no mapping"),
        ("base: [", "1 error in the configuration"),
    ],
)
def test_what_is_no_list_of_trials_is_refused(tmp_path, text, what):
    path = tmp_path / "list.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=what):
        listing.read(path, Path("runs"))


def test_a_file_that_is_missing_is_said_to_be(tmp_path):
    with pytest.raises(UsageError, match="no such file"):
        listing.read(tmp_path / "none.yaml", Path("runs"))


def test_a_card_of_other_overrides_is_refused(trials, plant):
    plant("r-drop", 1.0, 2.0, 3.0)
    trials.refuse_stale(trials.trials)
    plant("r-drop", 1.0, 2.0, 3.0, overrides=["training.r_drop=5"])
    with pytest.raises(UsageError, match=r"r-drop\.json: is of other overrides than the list's"):
        trials.refuse_stale(trials.trials)
