"""Taking what a table shows into a file: where to, how far it is, and a way to end it."""
