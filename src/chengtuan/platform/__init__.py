"""Technology without business words: database, events, jobs, facades, HTTP, crypto, settings, logs."""
