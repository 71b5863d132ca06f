"""The pages of `irdb explore`: prompts, pairs, scores, findings and SQL in a browser, served from this machine."""
