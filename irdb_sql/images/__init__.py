"""Image files and their bytes: where they lie, whether they are whole, and how they join a frame."""
