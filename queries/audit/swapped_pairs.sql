-- name: swapped_pairs
-- One row per pair of images that the source names in both orders.
-- votes is the number of rows that name the pair, swapped_votes of those in the other order than the first of them, which source_file
-- and source_row name.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: split VARCHAR, prompt_id VARCHAR, first_path VARCHAR, second_path VARCHAR, votes BIGINT, swapped_votes BIGINT, source_file VARCHAR, source_row BIGINT, vote_index BIGINT
-- reads: votes, subset_images
-- query: swapped_pairs
-- question: Which pairs of images does the source name in both orders?
-- order: vote_index
CREATE OR REPLACE MACRO swapped_pairs(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    WITH oriented AS (
        SELECT
            *,
            least(first_row, second_row) AS early_row,
            greatest(first_row, second_row) AS late_row
        FROM votes
        SEMI JOIN subset_images(in_subset, in_split) AS selected ON votes.first_row = selected.row_index
    ),

    counted AS (
        SELECT
            any_value(split) AS split,
            any_value(prompt_id) AS prompt_id,
            arg_min(first_path, vote_index) AS first_path,
            arg_min(second_path, vote_index) AS second_path,
            count(*) AS votes,
            count(*) FILTER (WHERE first_row = early_row) AS votes_in_order,
            arg_min(first_row, vote_index) = early_row AS is_in_order,
            arg_min(source_file, vote_index) AS source_file,
            arg_min(source_row, vote_index) AS source_row,
            min(vote_index) AS vote_index
        FROM oriented
        GROUP BY early_row, late_row
        HAVING count(DISTINCT first_row) = 2
    )

    SELECT
        split,
        prompt_id,
        first_path,
        second_path,
        votes,
        CASE WHEN is_in_order THEN votes - votes_in_order ELSE votes_in_order END AS swapped_votes,
        source_file,
        source_row,
        vote_index
    FROM counted
