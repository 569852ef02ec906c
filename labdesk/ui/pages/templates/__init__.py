"""The Templates page: what labs are made of, whether its image is there, and a form to change it."""
