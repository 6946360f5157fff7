"""Nouns: frozen values that every other part of the advisor passes around. No I/O, no imports from above."""
