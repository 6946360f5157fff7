"""The only place that runs anyone's code or measures the machine: child processes, started when a command asks for it."""
