"""A long time at most of what the machine can do: does anything grow that should not, and does anything fail?"""
