"""A small HTTP/1.1 load generator in a process of its own: raw sockets, kept alive, one request at a time each."""
