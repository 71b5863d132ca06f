-- name: baseline_matches
-- One row per score of a baseline, as score_matches has it: baselines name each image by its path, so that none has a fault.
-- returns: scorer VARCHAR, score DOUBLE, score_number BIGINT, image_row BIGINT, fault VARCHAR
-- reads: baseline_scores
CREATE OR REPLACE VIEW baseline_matches AS
SELECT
    scorer,
    score,
    row_index + 1 AS score_number,
    row_index AS image_row,
    cast(NULL AS VARCHAR) AS fault
FROM baseline_scores
