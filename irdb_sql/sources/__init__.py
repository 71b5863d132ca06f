"""Sources of a dataset: local files, URLs, downloads and the synthetic sample."""
