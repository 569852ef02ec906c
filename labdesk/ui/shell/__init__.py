"""The frame around the pages: rail, top bar, command field, engine card and banner."""
