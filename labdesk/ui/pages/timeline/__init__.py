"""The timeline: every lab's life on one time axis, the plan beside what became of it."""
