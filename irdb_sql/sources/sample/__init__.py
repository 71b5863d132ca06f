"""The synthetic dataset that stands in for the published one: prompts, rankings and small images from a seed."""
