"""The Events page: the live journal, its filters, its histogram and one event in full."""
