"""Imports metadata from the JSON files of the published parts."""
