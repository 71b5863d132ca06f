"""The commands of `irdb`: the `command` of each module in this folder."""
