"""Pair expansion with Polars, for published files: the same rows as the query `pairs`, in less time."""
