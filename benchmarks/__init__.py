"""Measures the paths that matter beside what this machine could do at best. `python -m benchmarks --help`."""
