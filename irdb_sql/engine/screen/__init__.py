"""Rows as a person reads them on a terminal: as a table that fits its width, or with one column a line."""
