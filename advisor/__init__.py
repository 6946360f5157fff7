"""Which model of concurrency fits which place in your Python code, and why."""

__version__ = "0.1.0"
