"""The pages of the explorer: one module each, with a `Page` called `page`."""
