"""Scorers and generators: reads scores, evaluates metrics, resamples prompts, fits Bradley-Terry strengths."""
