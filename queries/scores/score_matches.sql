-- name: score_matches
-- One row per score, with its image and its fault, if it has one; those of the baselines unless scores are given.
-- The columns are those of given_matches, whose rows stand here where scores are given: baselines need no comparison of names.
-- returns: scorer VARCHAR, score DOUBLE, score_number BIGINT, image_row BIGINT, fault VARCHAR
-- reads: baseline_matches
CREATE OR REPLACE VIEW score_matches AS
SELECT
    scorer,
    score,
    score_number,
    image_row,
    fault
FROM baseline_matches
