-- name: judgement_coverage
-- One row per judge: how many judgements were given, and for what each counts, or why it does not.
-- judgements = strict_judgements + tied_judgements (people tied the pair) + uncompared_judgements (people neither ranked both
-- images nor voted on them) + outside_judgements (an image is not of the split and subset, or left out) + those with the faults
-- of judgement_matches. Only the first of the five is in judge_accuracy.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: judge VARCHAR, judgements BIGINT, strict_judgements BIGINT, tied_judgements BIGINT, uncompared_judgements BIGINT, outside_judgements BIGINT, unknown_judgements BIGINT, same_judgements BIGINT, apart_judgements BIGINT, ambiguous_judgements BIGINT, unclear_judgements BIGINT, conflicting_judgements BIGINT, repeated_judgements BIGINT
-- important: judge, judgements, strict_judgements, tied_judgements, unclear_judgements
-- reads: judgement_matches, judged_pairs, subset_images
-- query: judgement_coverage
-- question: How many judgements of each judge count, and why do the others not?
-- order: judge
CREATE OR REPLACE MACRO judgement_coverage(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    WITH uses AS (
        SELECT
            matches.judge,
            matches.judgement_number,
            -- Of several rows of a judgement, which there are where images are repeated, the first use in this order counts.
            min(
                CASE
                    WHEN matches.fault = 'unknown' THEN 5
                    WHEN matches.fault = 'same' THEN 6
                    WHEN matches.fault = 'apart' THEN 7
                    WHEN matches.fault = 'ambiguous' THEN 8
                    WHEN matches.fault = 'unclear' THEN 9
                    WHEN matches.fault = 'conflicting' THEN 10
                    WHEN matches.fault = 'repeated' THEN 11
                    WHEN first_images.row_index IS NULL OR second_images.row_index IS NULL THEN 4
                    WHEN pairs.is_tied IS NULL THEN 3
                    WHEN pairs.is_tied THEN 2
                    ELSE 1
                END
            ) AS use_number
        FROM judgement_matches AS matches
        LEFT JOIN subset_images(in_subset, in_split) AS first_images ON matches.first_row = first_images.row_index
        LEFT JOIN subset_images(in_subset, in_split) AS second_images ON matches.second_row = second_images.row_index
        LEFT JOIN judged_pairs(in_split, in_subset) AS pairs
            ON
                matches.judge = pairs.judge
                AND least(matches.first_row, matches.second_row) = least(pairs.better_row, pairs.worse_row)
                AND greatest(matches.first_row, matches.second_row) = greatest(pairs.better_row, pairs.worse_row)
        GROUP BY matches.judge, matches.judgement_number
    )

    SELECT
        judge,
        count(*) AS judgements,
        count(*) FILTER (WHERE use_number = 1) AS strict_judgements,
        count(*) FILTER (WHERE use_number = 2) AS tied_judgements,
        count(*) FILTER (WHERE use_number = 3) AS uncompared_judgements,
        count(*) FILTER (WHERE use_number = 4) AS outside_judgements,
        count(*) FILTER (WHERE use_number = 5) AS unknown_judgements,
        count(*) FILTER (WHERE use_number = 6) AS same_judgements,
        count(*) FILTER (WHERE use_number = 7) AS apart_judgements,
        count(*) FILTER (WHERE use_number = 8) AS ambiguous_judgements,
        count(*) FILTER (WHERE use_number = 9) AS unclear_judgements,
        count(*) FILTER (WHERE use_number = 10) AS conflicting_judgements,
        count(*) FILTER (WHERE use_number = 11) AS repeated_judgements
    FROM uses
    GROUP BY judge
