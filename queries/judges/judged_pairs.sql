-- name: judged_pairs
-- One row per judge and pair of images that people ranked or voted on: what the judge said in each order, and whether it was right.
-- better_shown_first is what it said where the better image was shown first, worse_shown_first where the worse one was: better, worse or
-- tie; NULL where the pair was not shown so. is_consistent is whether both are the same, NULL if it was shown in one order. right_share is the share of the judgements that name the better image, a tie being half right; NULL if is_tied, that is if
-- people tied the pair, which then has the smaller image_path as the better one.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: judge VARCHAR, split VARCHAR, prompt_id VARCHAR, classification VARCHAR, better_path VARCHAR, worse_path VARCHAR, rank_gap SMALLINT, is_tied BOOLEAN, better_shown_first VARCHAR, worse_shown_first VARCHAR, right_share DOUBLE, is_consistent BOOLEAN, better_row BIGINT, worse_row BIGINT
-- important: judge, better_path, worse_path, better_shown_first, worse_shown_first, right_share, is_consistent
-- reads: judgement_matches, subset_images, subset_voted_pairs
-- query: judged_pairs
-- question: What did a judge say of each pair, in each order, and was it right?
-- order: judge, better_row, worse_row
CREATE OR REPLACE MACRO judged_pairs(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    WITH shown AS (
        SELECT
            matches.judge,
            matches.verdict,
            matches.first_row,
            matches.second_row,
            first_images.split,
            first_images.prompt_id,
            first_images.image_path AS first_path,
            second_images.image_path AS second_path,
            first_images.rank AS first_rank,
            second_images.rank AS second_rank,
            first_images.classification AS first_classification,
            second_images.classification AS second_classification,
            least(matches.first_row, matches.second_row) AS early_row,
            greatest(matches.first_row, matches.second_row) AS late_row
        FROM judgement_matches AS matches
        INNER JOIN subset_images(in_subset, in_split) AS first_images ON matches.first_row = first_images.row_index
        INNER JOIN subset_images(in_subset, in_split) AS second_images ON matches.second_row = second_images.row_index
        WHERE matches.fault IS NULL
    ),

    people AS (
        SELECT
            *,
            first_rank < second_rank
            OR (
                first_rank = second_rank
                AND (first_path < second_path OR (first_path = second_path AND first_row < second_row))
            ) AS is_first_better,
            first_rank = second_rank AS is_tied
        FROM shown
        WHERE first_rank IS NOT NULL AND second_rank IS NOT NULL
        UNION ALL
        SELECT
            shown.*,
            shown.first_row = pairs.better_row AS is_first_better,
            pairs.is_tied
        FROM shown
        INNER JOIN subset_voted_pairs(in_subset, in_split) AS pairs
            ON
                shown.early_row = least(pairs.better_row, pairs.worse_row)
                AND shown.late_row = greatest(pairs.better_row, pairs.worse_row)
    ),

    oriented AS (
        SELECT
            judge,
            split,
            prompt_id,
            is_tied,
            is_first_better,
            CASE WHEN is_first_better THEN first_classification ELSE second_classification END AS classification,
            CASE WHEN is_first_better THEN first_path ELSE second_path END AS better_path,
            CASE WHEN is_first_better THEN second_path ELSE first_path END AS worse_path,
            cast(abs(cast(first_rank AS INTEGER) - second_rank) AS SMALLINT) AS rank_gap,
            CASE WHEN is_first_better THEN first_row ELSE second_row END AS better_row,
            CASE WHEN is_first_better THEN second_row ELSE first_row END AS worse_row,
            CASE
                WHEN verdict = 'tie' THEN 'tie'
                WHEN (verdict = 'first') = is_first_better THEN 'better'
                ELSE 'worse'
            END AS choice
        FROM people
    ),

    paired AS (
        SELECT
            judge,
            better_row,
            worse_row,
            any_value(split) AS split,
            any_value(prompt_id) AS prompt_id,
            any_value(classification) AS classification,
            any_value(better_path) AS better_path,
            any_value(worse_path) AS worse_path,
            any_value(rank_gap) AS rank_gap,
            any_value(is_tied) AS is_tied,
            max(CASE WHEN is_first_better THEN choice END) AS better_shown_first,
            max(CASE WHEN NOT is_first_better THEN choice END) AS worse_shown_first,
            cast(sum(CASE choice WHEN 'better' THEN 2 WHEN 'tie' THEN 1 ELSE 0 END) AS DOUBLE) / (2 * count(*))
                AS right_share
        FROM oriented
        GROUP BY judge, better_row, worse_row
    )

    SELECT
        judge,
        split,
        prompt_id,
        classification,
        better_path,
        worse_path,
        rank_gap,
        is_tied,
        better_shown_first,
        worse_shown_first,
        CASE WHEN NOT is_tied THEN right_share END AS right_share,
        better_shown_first = worse_shown_first AS is_consistent,
        better_row,
        worse_row
    FROM paired
