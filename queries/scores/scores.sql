-- name: scores
-- One row per scorer and image with a score, higher is better; those of the baselines unless scores are given.
-- Scores with a fault in score_matches are left out. If a path occurs in several rows, each of them is an image. first_row is the
-- row_index of the first image of the prompt; path_place numbers the images of the prompt by path, then row.
-- returns: scorer VARCHAR, split VARCHAR, part SMALLINT, prompt_id VARCHAR, classification VARCHAR, image_path VARCHAR, rank TINYINT, score DOUBLE, row_index BIGINT, first_row BIGINT, path_place BIGINT
-- important: scorer, image_path, score, rank, split, prompt_id
-- reads: score_matches, images
CREATE OR REPLACE VIEW scores AS
WITH numbered AS (
    SELECT
        *,
        min(row_index) OVER (PARTITION BY split, prompt_id) AS first_row,
        row_number() OVER (PARTITION BY split, prompt_id ORDER BY image_path, row_index) AS path_place,
        min(row_index) OVER (PARTITION BY image_path) AS image_row
    FROM images
)

SELECT
    score_matches.scorer,
    numbered.split,
    numbered.part,
    numbered.prompt_id,
    numbered.classification,
    numbered.image_path,
    numbered.rank,
    score_matches.score,
    numbered.row_index,
    numbered.first_row,
    numbered.path_place
FROM score_matches
INNER JOIN numbered ON score_matches.image_row = numbered.image_row
WHERE score_matches.fault IS NULL
