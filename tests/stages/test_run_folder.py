"""The curves of a run are drawn now and then while it trains, and when it ends."""

from nmt.stages import run_folder
from nmt.stages.run_folder import DRAW_EVERY, RunFolder
from nmt.training.events import Finished, Validated
from nmt.training.validation import Validation


def test_the_curves_are_drawn_every_so_often_and_at_the_end(tmp_path, monkeypatch):
    clock, drawn = [0.0], list[float]()
    monkeypatch.setattr(run_folder, "monotonic", lambda: clock[0])
    monkeypatch.setattr(run_folder.curves, "draw", lambda *_, **__: drawn.append(clock[0]))
    folder = RunFolder(tmp_path)
    validated, finished = Validated(1, Validation(loss=1.0), True, 1.0), Finished(1, "max_steps")
    soon, late = DRAW_EVERY / 2, DRAW_EVERY + 1
    for wait, event in ((soon, validated), (late, validated), (soon, validated), (1.0, finished)):
        clock[0] += wait
        folder.note(event)
    assert drawn == [soon + late, soon + late + soon + 1.0]
