"""Images: finding their files, verifying and decoding them, and joining their bytes to frames."""
