"""I/O in: files, knowledge, machine. Each module turns something outside into values of `advisor.model`."""
