-- name: image_scores
-- One row per scorer and image with a usable score: the rows of matched_scores, made once for all questions where they are kept.
-- returns: scorer VARCHAR, split VARCHAR, prompt_id VARCHAR, rank TINYINT, score DOUBLE, row_index BIGINT, first_row BIGINT, path_place BIGINT
-- important: scorer, score, rank, split, prompt_id
-- reads: matched_scores
CREATE OR REPLACE VIEW image_scores AS
SELECT
    scorer,
    split,
    prompt_id,
    rank,
    score,
    row_index,
    first_row,
    path_place
FROM matched_scores
