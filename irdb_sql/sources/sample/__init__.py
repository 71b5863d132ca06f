"""The synthetic dataset for trials: prompts, rankings and small images from a seed."""
