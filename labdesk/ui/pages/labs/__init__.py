"""The Labs page: every lab live, and what can be done with it."""
