"""Where a training stands survives the disk, and knows the best."""

import json
import math

from nmt.training.progress import Progress, Window


def judged(*figures: float) -> Progress:
    progress = Progress()
    for step, figure in enumerate(figures, start=1):
        progress.step = step
        progress.judge(figure)
    return progress


def test_it_comes_back_from_json():
    window = Window(loss=1.1, nll=0.1 + 0.2, norm=2.5, norms={"decoder": 1 / 3}, tokens=7, steps=2, skipped=1)
    progress = Progress(12, 3, 4, 1 / 3, "max_steps", [(5, 0.1 + 0.2), (9, None)], 4, 2, 100, window)
    assert Progress.from_dict(json.loads(json.dumps(progress.as_dict(), allow_nan=False))) == progress
    assert Progress.from_dict(json.loads(json.dumps(Progress().as_dict()))) == Progress()


def test_only_a_greater_figure_is_the_best():
    progress, verdicts = Progress(), []
    for step, figure in enumerate([-5.0, -3.0, -3.0, -4.0, -1.0], start=1):
        progress.step = step
        verdicts.append((progress.judge(figure), progress.stale))
    assert verdicts == [(True, 0), (True, 0), (False, 1), (False, 2), (True, 0)]
    assert (progress.best_step, progress.validated) == (5, 5)
    assert progress.figures == [-5.0, -3.0, -3.0, -4.0, -1.0]


def test_several_best_ones_are_ranked_and_of_equals_the_earlier_counts():
    progress = judged(1.0, 3.0, 2.0, 3.0)
    assert [progress.best_steps(count) for count in (1, 2, 3, 9)] == [[2], [2, 4], [2, 4, 3], [2, 4, 3, 1]]
    progress.step = 5
    assert progress.judge(2.5, keep=3)
    progress.step = 6
    assert not progress.judge(2.4, keep=3)


def test_what_is_no_number_is_never_the_best():
    progress = judged(math.nan, -math.inf)
    assert (progress.best_step, progress.stale, progress.validated) == (None, 2, 2)
    progress.step = 3
    assert progress.judge(1.0)
    progress.step = 4
    assert not progress.judge(math.nan)
    assert progress.best_step == 3
    assert progress.figures == [-math.inf, -math.inf, 1.0, -math.inf]
