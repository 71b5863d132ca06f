"""Tools for every other package, without DuckDB, Polars or a network: schema, catalog, tasks, text, files."""
