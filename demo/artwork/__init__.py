"""Composes the demo shop's pictures from vector emoji and our own backgrounds and packaging."""
