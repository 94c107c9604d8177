"""Chengtuan 成團: an open-source group-buying platform."""

__version__ = "0.1.0"
