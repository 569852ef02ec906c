"""Side panels and whole-page invitations: New lab, first run."""
