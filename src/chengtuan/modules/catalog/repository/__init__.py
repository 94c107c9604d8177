"""All SQL of `catalog`, by what it is about."""
