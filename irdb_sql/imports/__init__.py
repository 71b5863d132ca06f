"""Makes metadata of the JSON files of the published parts."""
