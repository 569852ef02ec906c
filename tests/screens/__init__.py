"""Pictures of every page and panel: `python -m tests.screens OUT`."""
