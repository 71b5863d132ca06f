"""Bytes of remote files and archives: byte ranges, zip members, HTTP, fsspec and the Hugging Face hub."""
