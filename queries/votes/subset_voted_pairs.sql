-- name: subset_voted_pairs
-- The rows of voted_pairs of a published subset.
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- returns: split VARCHAR, part SMALLINT, prompt_id VARCHAR, prompt VARCHAR, classification VARCHAR, better_path VARCHAR, worse_path VARCHAR, is_tied BOOLEAN, better_row BIGINT, worse_row BIGINT
-- reads: voted_pairs, subset_parts, split_name
CREATE OR REPLACE MACRO subset_voted_pairs(
    in_subset VARCHAR := NULL,
    in_split VARCHAR := NULL
) AS TABLE
    SELECT *
    FROM voted_pairs
    WHERE
        (in_split IS NULL OR list_contains(string_split(split_name(in_split), ','), split))
        AND (
            in_subset IS NULL
            OR split <> 'train'
            OR coalesce(part, subset_parts('8k')) <= subset_parts(in_subset)
        )
