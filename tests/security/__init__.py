"""The security programme: attacks on every door, each with a figure and a control.

``python -m tests.security`` runs it whole; the test modules here run a short version.
"""
