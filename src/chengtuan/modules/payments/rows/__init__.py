"""All SQL of `payments`, by table."""
