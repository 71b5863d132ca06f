-- name: rating_kinds
-- The three kinds of rating that people gave: overall, alignment (of image and text) and fidelity.
-- returns: kind VARCHAR
-- source: ImageReward paper, arXiv 2304.05977
CREATE OR REPLACE VIEW rating_kinds AS
SELECT kinds.kind
FROM (VALUES ('overall'), ('alignment'), ('fidelity')) AS kinds (kind)
