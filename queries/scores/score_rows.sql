-- name: score_rows
-- One row per given score: a scorer's number for an image; those of the baselines unless scores are given.
-- image is a path, a file name or an image_id; source and source_row say where the score was read, counting from 1; score_number
-- counts all scores of a scorer in the order in which they were given.
-- returns: scorer VARCHAR, image VARCHAR, score DOUBLE, source VARCHAR, source_row BIGINT, score_number BIGINT
-- reads: baseline_scores
CREATE OR REPLACE VIEW score_rows AS
SELECT
    scorer,
    image_path AS image,
    score,
    'baselines' AS source,
    row_index + 1 AS source_row,
    row_index + 1 AS score_number
FROM baseline_scores
