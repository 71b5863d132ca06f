"""Bytes that lie elsewhere or inside archives: byte ranges, zip members, HTTP, fsspec and the Hugging Face hub."""
