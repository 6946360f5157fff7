"""Measuring: programs and the machine. Here, and nowhere else, is anyone's code run; only when a command asks for it."""
