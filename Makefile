# Every step of CI and of a working day is a target here. `make` alone shows them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PY := .venv/bin/python
PYTEST := $(PY) -m pytest
# Half of their time tests wait for processes of their own; two at once leave no core idle. Each has a database server of its own.
WORKERS ?= 2
PARALLEL = -n $(WORKERS) --dist worksteal
# Where nothing compiled may be kept, each interpreter that a test begins compiles all of ours again, and each worker all tests.
unexport PYTHONDONTWRITEBYTECODE
UV_COMPILE := .venv/bin/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --python-version 3.11

.PHONY: help
help: ## Show the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  \1\t\2/' | expand -t 19

.PHONY: setup
setup: ## Make .venv with what running needs (the other targets call this by themselves)
	@scripts/setup.sh embedded

.PHONY: setup-dev
setup-dev: ## Make .venv with what tests and lint need, too
	@scripts/setup.sh dev

.PHONY: run
run: setup ## Run everything in one process on the embedded database: http://localhost:8000
	@exec $(PY) -m services.all_in_one

.PHONY: test
test: setup-dev ## Run the tests on the embedded database; no Java, no container
	$(PYTEST) -q $(PARALLEL)

.PHONY: test-kafka
# Who was killed is missed after ten seconds, and a broker takes as long to be back: mostly these tests wait.
test-kafka: WORKERS = 4
test-kafka: setup-dev ## Run the tests that need a real Apache Kafka; starts one when none runs
	scripts/test-kafka.sh $(PYTEST) -q $(PARALLEL) -m kafka tests/contract tests/story

.PHONY: test-kannel
test-kannel: setup-dev ## Run the tests that need a real Kannel bearerbox, its fake SMSC and, where there is npm, one on npm's smpp
	$(PYTEST) -q -m kannel tests/kannel

.PHONY: test-faults
test-faults: setup-dev ## Send 10,000 texts (FAULTS_MESSAGES) through ailing providers and networks; needs Go, which builds Toxiproxy
	$(PYTEST) -q -m faults tests/faults

.PHONY: test-api
test-api: setup-dev ## Send some 20,000 made-up requests (API_REQUESTS) to all routes: no 5xx, no answer that openapi.json does not tell of
	$(PYTEST) -q -rP -m api tests/api --timeout=900

.PHONY: test-web-push
test-web-push: setup-dev ## Test web push at a push service that others have written; needs Node.js with npm
	scripts/web_push_peer.sh
	$(PYTEST) -q -m web_push tests/web_push

.PHONY: test-prometheus
test-prometheus: setup-dev ## Test alerts with promtool, and rules and dashboards on a live Prometheus that watches a running system
	$(PYTEST) -q -m prometheus tests/prometheus

.PHONY: kafka
kafka: setup ## Start one Apache Kafka broker (KRaft, from Maven Central) on localhost:29092
	scripts/kafka.sh start

.PHONY: kafka-stop
kafka-stop: ## Stop the broker that `make kafka` started
	scripts/kafka.sh stop

.PHONY: lint
lint: setup-dev ## ruff, ruff format, mypy --strict, import-linter
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	.venv/bin/lint-imports

.PHONY: bench
bench: setup-dev ## Measure side by side with honest peers; writes bench/results.json
	$(PY) -m bench

.PHONY: crash
crash: setup-dev ## Kill processes at every named point and look whether anything was lost; a quarter of an hour
	scripts/test-kafka.sh $(PYTEST) -q -m crash $(PARALLEL) tests/crash tests/contract/transport

.PHONY: docs
docs: setup ## Write docs/asyncapi.yaml, settings.md and metrics.md from the lists in the code
	$(PY) -m services.cli asyncapi > docs/asyncapi.yaml
	$(PY) -m services.cli settings > docs/settings.md
	$(PY) -m services.cli metrics > docs/metrics.md

.PHONY: dashboards
dashboards: setup ## Write ops/grafana/dashboards from scripts/dashboards
	$(PY) -m scripts.dashboards

.PHONY: env
env: ## Write .env with fresh secrets for docker compose
	scripts/make-env.sh

.PHONY: requirements
requirements: setup-dev ## Compile requirements/*.txt, hash-pinned, from the .in files
	for name in base picture embedded dev; do $(UV_COMPILE) requirements/$$name.in -o requirements/$$name.txt; done

.PHONY: communes
communes: setup-dev ## Make shared/geo/communes.csv from the package vietnamadminunits
	$(PY) scripts/make_communes.py

.PHONY: gazetteer
gazetteer: setup-dev ## Make the data of intake/places from the package vietnamadminunits
	$(PY) scripts/make_gazetteer.py

.PHONY: telegram-api
telegram-api: setup-dev ## Make tests/support/telegram_api.json, what the Bot API says of our calls, from the package aiogram
	$(PY) scripts/telegram_api.py

.PHONY: clean
clean: ## Remove what tests and tools left behind; keeps .techrescue, which holds data
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache build
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
