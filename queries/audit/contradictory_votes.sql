-- name: contradictory_votes
-- One row per annotator and pair of images of which the annotator's votes say different things, in either order of the pair.
-- votes is how many the annotator gave on the pair. source_file and source_row name the first of them. Votes of unnamed annotators are
-- not compared.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: split VARCHAR, prompt_id VARCHAR, first_path VARCHAR, second_path VARCHAR, annotator VARCHAR, votes BIGINT, source_file VARCHAR, source_row BIGINT, vote_index BIGINT
-- reads: votes, subset_images
-- query: contradictory_votes
-- question: Which annotators voted on the same pair more than once, with other answers?
-- order: vote_index
CREATE OR REPLACE MACRO contradictory_votes(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    WITH oriented AS (
        SELECT
            *,
            least(first_row, second_row) AS early_row,
            greatest(first_row, second_row) AS late_row,
            CASE WHEN tied_votes > 0 THEN -1 WHEN first_votes > 0 THEN first_row ELSE second_row END AS chosen_row
        FROM votes
        SEMI JOIN subset_images(in_subset, in_split) AS selected ON votes.first_row = selected.row_index
        WHERE annotator IS NOT NULL
    )

    SELECT
        any_value(split) AS split,
        any_value(prompt_id) AS prompt_id,
        arg_min(first_path, vote_index) AS first_path,
        arg_min(second_path, vote_index) AS second_path,
        annotator,
        count(*) AS votes,
        arg_min(source_file, vote_index) AS source_file,
        arg_min(source_row, vote_index) AS source_row,
        min(vote_index) AS vote_index
    FROM oriented
    GROUP BY early_row, late_row, annotator
    HAVING min(chosen_row) <> max(chosen_row)
