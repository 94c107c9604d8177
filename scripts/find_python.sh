#!/bin/sh
# Prints a Python that can run the set-up: 3.11 or newer, best one that can make virtual environments.
for wish in "import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))" \
            "import sys; sys.exit(sys.version_info < (3, 11))"; do
    for name in python3.13 python3.12 python3.11 python3 python3.14 python; do
        if command -v "$name" >/dev/null 2>&1 && "$name" -c "$wish" >/dev/null 2>&1; then
            command -v "$name"
            exit 0
        fi
    done
done
echo "Chengtuan needs Python 3.11 or newer, and none was found; install it, for example: apt install python3 python3-venv" >&2
exit 1
