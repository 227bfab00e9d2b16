# Two commands: `make run` and `make test`. Each sets up all it needs inside this checkout (.venv, web/node_modules).
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
# A server that a test starts is up a second sooner when it finds its modules compiled.
unexport PYTHONDONTWRITEBYTECODE
NATIVE_SOURCES := $(wildcard sfu/native/*.c sfu/native/*.h)
WEB_SOURCES := $(shell find web -path web/node_modules -prune -o -type f -print 2>/dev/null)

.PHONY: run test test-postgresql test-slow check lint bench bench-compare bench-peers bench-links bench-recorder bench-compose bench-simulate bench-workers bench-pages bench-reports demo guides screenshots web lock types clean help

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: $(VENV)/.run web ## start Điểm Cầu on http://127.0.0.1:8080 and print the operator's link (ARGS="--port 9000")
	$(BIN)/diemcau serve $(ARGS)

test: $(VENV)/.dev web tools ## units, whole sessions in virtual time, real browsers, a shaped link (these two once more if they fail)
	cd web && npm run --silent test
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not browser and not links and not slow" $(ARGS) || [ $$? = 5 ]
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "browser and not links and not slow" --reruns 1 -rR $(ARGS) || [ $$? = 5 ]
	$(BIN)/python -m pytest -m "links and not slow" --reruns 1 -rR $(ARGS) || [ $$? = 5 ]

test-postgresql: $(VENV)/.dev web tools ## the same tests, with all that they store in PostgreSQL (ARGS="tests/signalling")
	DIEMCAU_TEST_DATABASE=postgresql $(BIN)/python -m pytest -n 2 --dist loadfile -m "not browser and not links and not slow" $(ARGS) || [ $$? = 5 ]
	DIEMCAU_TEST_DATABASE=postgresql $(BIN)/python -m pytest -n 2 --dist loadfile -m "browser and not links and not slow" --reruns 1 -rR $(ARGS) || [ $$? = 5 ]
	DIEMCAU_TEST_DATABASE=postgresql $(BIN)/python -m pytest -m "links and not slow" --reruns 1 -rR $(ARGS) || [ $$? = 5 ]

test-slow: $(VENV)/.dev web tools ## minutes long: kills of the recorder and the server, a disk that stands still, whose line it is (root)
	$(BIN)/python -m pytest -m slow $(ARGS)

check: lint ## all that lint does, and the unit tests
	$(BIN)/python -m pytest -q -n 2 --dist loadfile -m "not browser and not links and not slow" $(ARGS)

lint: $(VENV)/.dev web/node_modules/.stamp ## format, lint, types, imports, file sizes
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python scripts/check_sizes.py
	$(BIN)/python scripts/check_pure.py
	cd web && npm run --silent check

bench: $(VENV)/.dev ## CPU per packet, latency, loss, join time, memory: table, bench-out/bench.json and bench.png (ARGS="--only session")
	$(BIN)/python -m benchmarks $(ARGS)

bench-compare: $(VENV)/.dev ## beside another revision or an earlier bench.json; exit 1 if worse (BASE=main, ARGS="--rounds 5")
	@test -n "$(BASE)" || { echo "Name what to compare with: make bench-compare BASE=main (a git revision) or BASE=bench.json"; exit 2; }
	$(BIN)/python -m benchmarks.compare "$(BASE)" $(ARGS)

bench-recorder: $(VENV)/.dev ## what recording costs: CPU per track, bytes written per byte received, fsyncs a second
	$(BIN)/python -m benchmarks.recorder $(ARGS)

bench-compose: $(VENV)/.dev ## how fast one MP4 of 6 and of 11 endpoints is composed, and its CPU: table, bench-out/compose.json
	$(BIN)/python -m benchmarks.compose $(ARGS)

bench-peers: $(VENV)/.dev ## beside Janus, LiveKit, mediasoup and plain aiortc: table, bench-out/peers.json and .png (ARGS=--install)
	$(BIN)/python -m benchmarks.peers $(ARGS)

bench-workers: $(VENV)/.dev ## packets/s that two workers hold over one, each on a share of a core (root): table, bench-out/workers.json
	$(BIN)/python -m benchmarks.workers $(ARGS)

bench-pages: $(VENV)/.dev web ## each page in Chromium and each list with 160 rooms and 1,000 sessions stored; exit 1 over a second
	$(BIN)/python -m benchmarks.pages $(ARGS)

bench-reports: $(VENV)/.dev ## statistics, register and technical annex of 1,000 sessions over HTTP (ARGS="--database postgresql://…")
	$(BIN)/python -m benchmarks.reports $(ARGS)

bench-links: $(VENV)/.dev ## shaped, lossy and shared lines between network namespaces (root): tables and plots in bench-out (ARGS="--only step")
	$(BIN)/python -m benchmarks.links $(ARGS)

bench-simulate: $(VENV)/.dev ## measure the simulator's cases on shaped lines between namespaces and store them (root; ARGS="--only weak")
	$(BIN)/python -m benchmarks.shaped $(ARGS)

demo: $(VENV)/.dev web ## a guided rehearsal: six synthetic endpoints, each action of the console to try (ARGS="--port 9000")
	$(BIN)/python -m benchmarks.demo $(ARGS)

guides: $(VENV)/.run ## the guides by role, the playbooks and all other help as HTML and PDF in dist/guides (Chromium or LibreOffice)
	$(BIN)/diemcau guides -o dist/guides $(ARGS)

screenshots: $(VENV)/.dev web ## take the screenshots of each page anew, from the running app, into docs/images/vi
	$(BIN)/python -m scripts.screenshots $(ARGS)

web: signalling/webapp/index.html ## build the browser app

types: $(VENV)/.dev web/node_modules/.stamp ## generate the browser app's protocol types from signalling/messages.py
	cd web && npm run --silent types

lock: ## renew requirements*.lock
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile -q pyproject.toml --no-header --no-annotate --generate-hashes --python-version 3.11 -o requirements.lock
	echo hatchling | $(BIN)/uv pip compile -q - --no-header --no-annotate --generate-hashes --python-version 3.11 -o requirements-build.lock
	$(BIN)/uv pip compile -q pyproject.toml --extra dev --no-header --no-annotate --generate-hashes --python-version 3.11 -c requirements.lock -o requirements-dev.lock

tools:
	@sh scripts/test_tools.sh

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 run")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(VENV)/bin/python requirements.lock requirements-build.lock pyproject.toml $(NATIVE_SOURCES)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-build.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/python -m sfu.native.build
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

web/node_modules/.stamp: web/package-lock.json
	@command -v npm >/dev/null || { echo "Node.js 20 or newer with npm is needed to build the browser app (Debian: apt-get install nodejs npm)"; exit 1; }
	cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

signalling/webapp/index.html: web/node_modules/.stamp $(WEB_SOURCES)
	cd web && npm run --silent build
	@touch $@

clean: ## remove what the other commands made (never the data)
	rm -rf $(VENV) web/node_modules signalling/webapp bench-out test-out sfu/native/libfanout.so
