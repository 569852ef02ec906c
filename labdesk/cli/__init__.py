"""The command line, for scripts and for machines without a screen."""
