-- name: matched_scores
-- One row per scorer and image with a usable score: what score_matches makes of the images, anew in each statement.
-- The columns are those of the view scores, without texts.
-- returns: scorer VARCHAR, split VARCHAR, prompt_id VARCHAR, rank TINYINT, score DOUBLE, row_index BIGINT, first_row BIGINT, path_place BIGINT
-- important: scorer, score, rank, split, prompt_id
-- reads: score_matches, images
CREATE OR REPLACE VIEW matched_scores AS
WITH numbered AS (
    SELECT
        split,
        prompt_id,
        rank,
        row_index,
        min(row_index) OVER (PARTITION BY split, prompt_id) AS first_row,
        row_number() OVER (PARTITION BY split, prompt_id ORDER BY image_path, row_index) AS path_place,
        min(row_index) OVER (PARTITION BY image_path) AS image_row
    FROM images
)

SELECT
    score_matches.scorer,
    numbered.split,
    numbered.prompt_id,
    numbered.rank,
    score_matches.score,
    numbered.row_index,
    numbered.first_row,
    numbered.path_place
FROM score_matches
INNER JOIN numbered ON score_matches.image_row = numbered.image_row
WHERE score_matches.fault IS NULL
