"""Load of scripts of several steps, as a visitor of any shop makes them: cookies, redirects, forms, JSON.

It is the load generator of `benchmarks.load` with more of HTTP: meter and result are that one's.
"""
