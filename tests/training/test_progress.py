"""Where a training stands survives the disk, and knows the best."""

import json
import math

from nmt.training.progress import Progress, Window


def test_it_comes_back_from_json():
    window = Window(loss=1.1, nll=0.1 + 0.2, norm=2.5, tokens=7, steps=2)
    progress = Progress(12, 3, 4, 0.1, 9, 1, 10, 1 / 3, "max_steps", window)
    assert Progress.from_dict(json.loads(json.dumps(progress.as_dict()))) == progress
    assert Progress.from_dict(json.loads(json.dumps(Progress().as_dict()))) == Progress()


def test_only_a_greater_figure_is_the_best():
    progress, verdicts = Progress(), []
    for step, figure in enumerate([-5.0, -3.0, -3.0, -4.0, -1.0], start=1):
        progress.step = step
        verdicts.append((progress.judge(figure), progress.stale))
    assert verdicts == [(True, 0), (True, 0), (False, 1), (False, 2), (True, 0)]
    assert (progress.best, progress.best_step, progress.validated) == (-1.0, 5, 5)


def test_what_is_no_number_is_never_the_best():
    progress = Progress(step=1)
    assert not progress.judge(math.nan)
    assert not progress.judge(-math.inf)
    assert progress.best is None
    assert progress.judge(1.0)
    assert not progress.judge(math.nan)
    assert progress.best == 1.0
