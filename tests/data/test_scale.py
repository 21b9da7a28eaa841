"""Order and resume of millions of pairs within twenty bytes a pair, measured in a process of their own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCALE = Path(__file__).with_name("scale.py")


@pytest.mark.parametrize("pairs", [1_000_000, pytest.param(10_000_000, marks=pytest.mark.soak)])
def test_an_epoch_border_and_a_jump_are_exact_within_twenty_bytes_a_pair(pairs: int, tmp_path: Path) -> None:
    command = [sys.executable, str(SCALE), str(pairs), str(tmp_path)]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert found["shown"] == 975 * pairs // 1000
    assert found["tokens"] > 0
    assert found["same"], "the batches after a walk and after a jump differ"
    assert found["peak"] < 20
    assert found["resident"] < 20
    assert found["seconds_at_the_border"] < found["seconds_to_plan"] / 10, (
        "the next epoch was not planned ahead"
    )
