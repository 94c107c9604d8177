"""What we claim about the engine, and the runs that show it: short in `make test`, long in `make prove`."""
