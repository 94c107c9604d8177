"""The desk: pages on which a person sees what the sandbox received, pays, and makes things go wrong."""
