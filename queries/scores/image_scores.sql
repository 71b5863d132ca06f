-- name: image_scores
-- One row per scorer and image with a usable score: the view scores without texts, which is computed once for all questions.
-- returns: scorer VARCHAR, split VARCHAR, prompt_id VARCHAR, rank TINYINT, score DOUBLE, row_index BIGINT, first_row BIGINT, path_place BIGINT
-- important: scorer, score, rank, split, prompt_id
-- reads: selected_scores
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
FROM selected_scores()
