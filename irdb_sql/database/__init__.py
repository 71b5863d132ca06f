"""The public facade: `connect` opens a dataset as an `ImageRewardDB`, whose methods return Polars frames."""
