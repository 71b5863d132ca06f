"""Writes the reference and the pictures of the documentation, and builds its site: `python -m docs.site`."""
