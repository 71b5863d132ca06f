"""Pair expansion with Polars, for published files: the same rows as the query `pairs`, sooner."""
