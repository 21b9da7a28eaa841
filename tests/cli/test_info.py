"""``nmt info``: text and JSON on stdout, nothing else."""

import json


def test_the_table_is_all_there_is(trained, command):
    done = command("info", trained)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"model       {trained / 'model'}\nlanguages   en to zh\n")


def test_json_is_one_object_with_every_parameter_by_name(trained, command):
    done = command("info", trained / "checkpoints/step-000004", "--json")
    assert (done.code, done.err) == (0, "")
    told = json.loads(done.out)
    assert done.out.count("\n") == 1
    assert told["parameters"]["decoder.attention.score.energy"] == 16
    assert told["total"] == sum(told["parameters"].values())
