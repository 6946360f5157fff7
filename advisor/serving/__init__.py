"""Serving: analyses for editors and assistants that ask again and again. Nothing here writes a file or runs analysed code."""
