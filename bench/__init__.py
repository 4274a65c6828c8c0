"""`python -m bench` measures the importer, `python -m bench.demo` shows it.

Both use the running app from outside, through its API. Nothing of the app
imports from here.
"""
