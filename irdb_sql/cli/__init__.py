"""The command line, `irdb`: one module per command."""
