"""Charts of answers: Vega-Lite specifications, drawn in reports and shown by Altair."""
