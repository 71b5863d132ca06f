"""DuckDB: views and macros over a source, statements, safety and limits, and results as Polars frames and files."""
