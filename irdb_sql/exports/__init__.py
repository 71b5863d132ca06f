"""Writes the data in the shapes that trainers read, with manifests, and finds what two exports share."""
