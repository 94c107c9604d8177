"""Pure building blocks without I/O: money, ids, clock, problems, states, pages, texts."""
