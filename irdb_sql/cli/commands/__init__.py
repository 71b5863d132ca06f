"""The commands of `irdb`: each module holds one, its `command`, and is found by being here."""
