# make run   see it work: a generated company, imported, scored and served on this machine
# make test  all tests, on SQLite and on a PostgreSQL that they start themselves
# make test-long  the walkthroughs and quick starts, as their pages print them, and every page in every language; some minutes
# make check format, lint, types, layers, schema
# make bench   what an answer of the API costs, beside PostGraphile and plain Strawberry; half an hour (docs/api/speed.md)
# make bench-import  an import of 10 million rows beside DuckDB's own read of the file; some minutes, 12 GB of disk
# make bench-scoring  what it costs to score 10 million contacts and purchases, beside pandas; long, 3 GB of disk
# make mutation  would a test notice? one changed expression at a time; long (docs/mutation.md)
.DEFAULT_GOAL := help
.PHONY: help run test test-long check bench bench-import bench-scoring mutation format schema clean

UV = $$(.ci/uv)
# Compiled modules are kept even where the environment forbids it: else every process of the tests compiles all of them again.
export PYTHONDONTWRITEBYTECODE =

help:
	@sed -n 's/^# make/make/p' Makefile

.venv/.synced: uv.lock pyproject.toml $(wildcard plugins/*/pyproject.toml)
	@uv=$(UV) && "$$uv" sync --frozen && touch $@

run: .venv/.synced
	@.venv/bin/appraise demo

# Four workers fill the processors: each computes matrices in one thread.
test: export OPENBLAS_NUM_THREADS = 1
test: .venv/.synced
	.venv/bin/pytest -n 4 --dist loadfile

test-long: .venv/.synced
	.venv/bin/pytest -n 2 --dist loadfile -m long

check: .venv/.synced
	uv=$(UV) && "$$uv" lock --check
	.venv/bin/ruff format --check
	.venv/bin/ruff check
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/python -m appraise.api.export_schema --check

bench: .venv/.synced
	.venv/bin/python benchmarks/api.py

bench-import: .venv/.synced
	.venv/bin/python benchmarks/import.py

bench-scoring: .venv/.synced
	.venv/bin/python benchmarks/scoring.py --keep .cache/scale --scale 0.1 0.3 1

mutation: .venv/.synced
	nice .venv/bin/python benchmarks/mutation.py

format: .venv/.synced
	.venv/bin/ruff format
	.venv/bin/ruff check --fix

schema: .venv/.synced
	.venv/bin/python -m appraise.api.export_schema

clean:
	rm -rf .venv .cache dist build mutants appraise-data test-artefacts
