"""The public facade: `connect` opens a dataset, `ImageRewardDB` answers questions about it."""
