"""Other shops on the same machine, in the same run, under the same load. `python -m benchmarks.peers --help`."""
