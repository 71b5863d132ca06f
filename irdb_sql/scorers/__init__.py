"""Scorers and generators: scores, metrics, resamples of prompts and Bradley-Terry strengths."""
