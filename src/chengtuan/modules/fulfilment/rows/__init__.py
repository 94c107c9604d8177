"""All SQL of `fulfilment`."""
