"""Today: what runs, what starts next, what needs attention, and how much room is left."""
