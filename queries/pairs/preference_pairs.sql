-- name: preference_pairs
-- One row per unordered pair of images of a prompt that people ranked or voted on, better image first.
-- A tied pair, where kept, has the smaller image_path first and rank_gap 0. A rating gap is the better image's rating minus the
-- worse one's. Images without a rank are in a pair only if people voted on it:
-- of such a pair, see vote_pairs, ranks and rank_gap are NULL, and no gap selects it. A repeated row is another image. Prompt, part and classification are those of
-- the better image's row; better_row and worse_row are the row_index of the two images.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- param keep_ties: also pairs of images with the same rank
-- param min_rank_gap: smallest difference in rank that makes a strict pair; 1 or less takes every strict pair
-- returns: split VARCHAR, part SMALLINT, prompt_id VARCHAR, prompt VARCHAR, classification VARCHAR, better_path VARCHAR, worse_path VARCHAR, better_rank TINYINT, worse_rank TINYINT, rank_gap SMALLINT, overall_gap SMALLINT, alignment_gap SMALLINT, fidelity_gap SMALLINT, better_row BIGINT, worse_row BIGINT
-- important: prompt, better_path, worse_path, rank_gap, split, better_rank, worse_rank
-- start with: yes
-- reads: subset_images, subset_voted_pairs
-- source: ImageReward repository, train/src/rank_pair_dataset.py
-- query: pairs
-- question: Which of two images of a prompt did people prefer?
-- order: better_row, worse_row
CREATE OR REPLACE MACRO preference_pairs(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL,
    keep_ties BOOLEAN := FALSE,
    min_rank_gap INTEGER := 1
) AS TABLE
    SELECT
        better.split,
        better.part,
        better.prompt_id,
        better.prompt,
        better.classification,
        better.image_path AS better_path,
        worse.image_path AS worse_path,
        better.rank AS better_rank,
        worse.rank AS worse_rank,
        cast(cast(worse.rank AS INTEGER) - better.rank AS SMALLINT) AS rank_gap,
        cast(cast(better.overall_rating AS INTEGER) - worse.overall_rating AS SMALLINT) AS overall_gap,
        cast(
            cast(better.image_text_alignment_rating AS INTEGER) - worse.image_text_alignment_rating AS SMALLINT
        ) AS alignment_gap,
        cast(cast(better.fidelity_rating AS INTEGER) - worse.fidelity_rating AS SMALLINT) AS fidelity_gap,
        better.row_index AS better_row,
        worse.row_index AS worse_row
    FROM subset_images(in_subset, in_split) AS better
    INNER JOIN subset_images(in_subset, in_split) AS worse
        ON better.split = worse.split AND better.prompt_id = worse.prompt_id
    WHERE
        (
            better.rank < worse.rank
            AND cast(worse.rank AS INTEGER) - better.rank >= coalesce(min_rank_gap, 1)
        )
        OR (
            keep_ties
            AND better.rank = worse.rank
            AND (
                better.image_path < worse.image_path
                OR (better.image_path = worse.image_path AND better.row_index < worse.row_index)
            )
        )
    UNION ALL
    SELECT
        split,
        part,
        prompt_id,
        prompt,
        classification,
        better_path,
        worse_path,
        cast(NULL AS TINYINT) AS better_rank,
        cast(NULL AS TINYINT) AS worse_rank,
        cast(NULL AS SMALLINT) AS rank_gap,
        cast(NULL AS SMALLINT) AS overall_gap,
        cast(NULL AS SMALLINT) AS alignment_gap,
        cast(NULL AS SMALLINT) AS fidelity_gap,
        better_row,
        worse_row
    FROM subset_voted_pairs(in_subset, in_split)
    WHERE (keep_ties OR NOT is_tied) AND coalesce(min_rank_gap, 1) <= 1
