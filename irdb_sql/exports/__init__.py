"""Exports the data in formats for training, with manifests, and compares exports for leaks."""
