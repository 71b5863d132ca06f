"""Kinds of metadata files, one class and one module each: a new module here is a new kind."""
