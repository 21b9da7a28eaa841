# One environment, made by whichever target needs it first and never reinstalled while pyproject.toml stands.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
# Tests run in two processes; one thread each keeps them out of each other's way.
PYTEST := OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist worksteal --durations=15

.PHONY: quickstart test check bench soak clean

quickstart: $(VENV)/.ready
	$(BIN)/nmt quickstart

test: $(VENV)/.ready-dev check

check:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(PYTEST) -m "not soak"

soak: $(VENV)/.ready-dev
	$(PYTEST) -m soak --timeout 3600

bench: $(VENV)/.ready
	$(BIN)/python scripts/bench_train.py

clean:
	rm -rf $(VENV) runs dist .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(VENV)/.ready: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[cjk]"
	touch $@

$(VENV)/.ready-dev: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[cjk,dev]"
	touch $@ $(VENV)/.ready
