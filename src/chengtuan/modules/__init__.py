"""Business modules. Each imports only the facades of modules below it."""
