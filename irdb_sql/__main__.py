"""Lets `python -m irdb_sql` be the command line."""

from irdb_sql.cli.main import main

main()
