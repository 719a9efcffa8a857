# Needs Python 3.11 or newer, make and git; everything else goes into .venv.
# Another Python:  make test PYTHON=/path/to/python3
# More for pytest: make test ARGS="-k proof"; for the daemon: make run ARGS="--set feedback.cadence=30s"

VENV := .venv
BIN  := $(VENV)/bin
READY := $(VENV)/.ready
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help demo run test chaos test-slack lint format bench score lock clean

help:
	@echo "make demo    watch a made-up team for a minute"
	@echo "make run     start Rollcall on this repository's feedback/ and bot_chat/"
	@echo "make test    run the tests"
	@echo "make chaos   kill at random for minutes, writing the log and delivering; count what is lost"
	@echo "make test-slack  run the Slack sink on the npm package emulate, where npm is there"
	@echo "make lint    check style and types"
	@echo "make format  put the code into its one format"
	@echo "make bench   measure against a baseline"
	@echo "make score   score the reading of tests/examples, and of folders in ROLLCALL_CORPORA"
	@echo "make lock    write requirements.lock anew (newer versions: ARGS=--upgrade)"
	@echo "make clean   remove what the other targets made; .rollcall/ stays"

demo: $(READY)
	@$(BIN)/rollcall demo $(ARGS)

run: $(READY)
	@$(BIN)/rollcall run --workspace . $(ARGS)

# The tests start many interpreters, which would each compile everything anew.
test: export PYTHONDONTWRITEBYTECODE :=
test: $(READY)
	@$(BIN)/python -m pytest -n 3 --dist loadgroup $(ARGS)

chaos: $(READY)
	@ROLLCALL_KILLS=500 $(BIN)/python -m pytest -s -p no:xdist \
		tests/process/test_delivery_kills.py tests/process/test_webhook_kills.py
	@$(BIN)/python -m benchmarks.chaos_log

test-slack: $(READY)
	@sh scripts/test-slack $(BIN)/python

lint: $(READY)
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy --strict

format: $(READY)
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix

bench: $(READY)
	@$(BIN)/python -m benchmarks.run $(ARGS)

score: $(READY)
	@$(BIN)/python -m benchmarks.score $(ARGS)

lock:
	@sh scripts/write-lock $(ARGS)

clean:
	rm -rf $(VENV) .hypothesis .mypy_cache .pytest_cache .ruff_cache build dist
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): pyproject.toml requirements.lock scripts/make-venv
	@echo "setting up $(VENV) …"
	@PYTHON="$(PYTHON)" sh scripts/make-venv $(VENV)
	@$(BIN)/python -m pip install -qq --require-hashes --requirement requirements.lock
	@$(BIN)/python -m pip install -qq --no-deps --no-build-isolation --editable .
	@touch $@
