"""The same desk on a virtual clock and a simulated engine."""
