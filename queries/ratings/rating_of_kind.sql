-- name: rating_of_kind
-- One of three values, selected by the kind of rating: overall, alignment or fidelity.
-- param of_kind: overall, alignment or fidelity; anything else gives NULL
-- param overall_value: value for overall
-- param alignment_value: value for alignment
-- param fidelity_value: value for fidelity
-- instead on spark: CASE of_kind WHEN 'overall' THEN overall_value WHEN 'alignment' THEN alignment_value WHEN 'fidelity' THEN fidelity_value END
CREATE OR REPLACE MACRO rating_of_kind(of_kind VARCHAR, overall_value, alignment_value, fidelity_value) AS
CASE of_kind
    WHEN 'overall' THEN overall_value
    WHEN 'alignment' THEN alignment_value
    WHEN 'fidelity' THEN fidelity_value
END
