"""Judges: models that say which of two images is better, compared with people."""
