"""One lab's life as it is told and drawn: in the inspector, on the timeline, in its hover card."""
