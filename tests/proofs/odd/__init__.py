"""Odd requests: what each place of each route is sent beside what is right."""
