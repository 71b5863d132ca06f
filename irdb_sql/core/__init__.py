"""Tools for all other packages, without DuckDB, Polars or a network: schema, catalog, tasks, text, files."""
