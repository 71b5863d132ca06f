"""The command line, `irdb`: the group and its exit codes, what commands share, the commands, and the shell."""
