"""Verbs: pure functions from values to values. No stage imports another; `advisor.pipeline` alone knows the order."""
