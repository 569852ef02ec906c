"""Closing the window while labs run: what goes on, and handing them over."""
