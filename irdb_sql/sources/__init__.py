"""Where a dataset lies: local files, URLs, downloads and the synthetic sample."""
