"""The configuration loads without torch and without anything heavy."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "module", ["nmt.config.reader", "nmt.config.template", "nmt.config.differences", "nmt.cli.config"]
)
def test_importing_loads_nothing_heavy(module):
    code = f"import sys, {module}; print(sorted(m.split('.')[0] for m in sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert not {"torch", "datasets", "numpy", "matplotlib", "sentencepiece"} & set(eval(loaded))
    if module == "nmt.cli.config":
        assert not {"pydantic", "ruamel"} & set(eval(loaded))
