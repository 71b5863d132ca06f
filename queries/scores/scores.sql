-- name: scores
-- One row per scorer and image with a score, higher is better; those of the baselines unless scores are given.
-- Scores with a fault in score_matches are left out. If a path occurs in several rows, each of them is an image. first_row is the
-- row_index of the first image of the prompt; path_place numbers the images of the prompt by path, then row.
-- returns: scorer VARCHAR, split VARCHAR, part SMALLINT, prompt_id VARCHAR, classification VARCHAR, image_path VARCHAR, rank TINYINT, score DOUBLE, row_index BIGINT, first_row BIGINT, path_place BIGINT
-- important: scorer, image_path, score, rank, split, prompt_id
-- reads: image_scores, images
CREATE OR REPLACE VIEW scores AS
SELECT
    image_scores.scorer,
    image_scores.split,
    images.part,
    image_scores.prompt_id,
    images.classification,
    images.image_path,
    image_scores.rank,
    image_scores.score,
    image_scores.row_index,
    image_scores.first_row,
    image_scores.path_place
FROM image_scores
INNER JOIN images ON image_scores.row_index = images.row_index
