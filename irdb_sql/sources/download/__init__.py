"""Downloads the dataset at one commit: a plan of files first, then the files."""
