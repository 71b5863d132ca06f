-- name: selected_scores
-- One row per scorer and image of a split and subset with a usable score: what is asked of scores, without texts.
-- Scores with a fault in score_matches are left out. If a path occurs in several rows, each of them is an image. first_row is the
-- row_index of the first image of the prompt; path_place numbers the images of the prompt by path, then row.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: scorer VARCHAR, split VARCHAR, prompt_id VARCHAR, rank TINYINT, score DOUBLE, row_index BIGINT, first_row BIGINT, path_place BIGINT
-- important: scorer, score, rank, split, prompt_id
-- reads: score_matches, images, subset_images
CREATE OR REPLACE MACRO selected_scores(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
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
    SEMI JOIN subset_images(in_subset, in_split) AS selected ON numbered.row_index = selected.row_index
    WHERE score_matches.fault IS NULL
