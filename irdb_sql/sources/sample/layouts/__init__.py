"""Synthetic files of the layouts with votes, one class and one module each: a new module here is a new sample."""
