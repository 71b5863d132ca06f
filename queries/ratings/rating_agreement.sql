-- name: rating_agreement
-- How often the better image of a strict pair has the higher rating, by kind of rating, with rating ties counted separately.
-- rated_pairs are strict pairs with both ratings: agreeing + tied + disagreeing; missing are strict pairs without. The three shares
-- are of rated_pairs and add up to 1. Pairs of one prompt are not independent, so there is no interval. A group without a strict
-- pair has no row.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- param by_classification: a row for each classification of a split; false leaves classification NULL
-- param min_rank_gap: smallest difference in rank that makes a strict pair
-- returns: split VARCHAR, classification VARCHAR, kind VARCHAR, rated_pairs BIGINT, agreeing BIGINT, tied BIGINT, disagreeing BIGINT, missing BIGINT, agreeing_share DOUBLE, tied_share DOUBLE, disagreeing_share DOUBLE
-- important: split, classification, kind, rated_pairs, agreeing_share, tied_share, disagreeing_share
-- start with: yes
-- reads: preference_pairs, rating_kinds, rating_of_kind
-- source: ImageReward paper, arXiv 2304.05977
-- query: rating_agreement
-- question: How often does the better image of a pair also have the higher rating?
-- order: split, classification NULLS LAST, kind
CREATE OR REPLACE MACRO rating_agreement(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL,
    by_classification BOOLEAN := FALSE,
    min_rank_gap INTEGER := 1
) AS TABLE
    WITH pair_rows AS (
        SELECT
            split,
            CASE WHEN by_classification THEN classification END AS group_classification,
            overall_gap,
            alignment_gap,
            fidelity_gap
        FROM preference_pairs(in_split, in_subset, FALSE, min_rank_gap)
    ),

    gap_counts AS (
        SELECT
            split,
            group_classification AS classification,
            count(*) AS strict_pairs,
            count(*) FILTER (WHERE overall_gap > 0) AS overall_agreeing,
            count(*) FILTER (WHERE overall_gap = 0) AS overall_tied,
            count(*) FILTER (WHERE overall_gap < 0) AS overall_disagreeing,
            count(*) FILTER (WHERE alignment_gap > 0) AS alignment_agreeing,
            count(*) FILTER (WHERE alignment_gap = 0) AS alignment_tied,
            count(*) FILTER (WHERE alignment_gap < 0) AS alignment_disagreeing,
            count(*) FILTER (WHERE fidelity_gap > 0) AS fidelity_agreeing,
            count(*) FILTER (WHERE fidelity_gap = 0) AS fidelity_tied,
            count(*) FILTER (WHERE fidelity_gap < 0) AS fidelity_disagreeing
        FROM pair_rows
        GROUP BY split, group_classification
    ),

    kind_counts AS (
        SELECT
            gap_counts.split,
            gap_counts.classification,
            rating_kinds.kind,
            gap_counts.strict_pairs,
            rating_of_kind(rating_kinds.kind, overall_agreeing, alignment_agreeing, fidelity_agreeing) AS agreeing,
            rating_of_kind(rating_kinds.kind, overall_tied, alignment_tied, fidelity_tied) AS tied,
            rating_of_kind(
                rating_kinds.kind, overall_disagreeing, alignment_disagreeing, fidelity_disagreeing
            ) AS disagreeing
        FROM gap_counts
        CROSS JOIN rating_kinds
    )

    SELECT
        split,
        classification,
        kind,
        agreeing + tied + disagreeing AS rated_pairs,
        agreeing,
        tied,
        disagreeing,
        strict_pairs - agreeing - tied - disagreeing AS missing,
        cast(agreeing AS DOUBLE) / nullif(agreeing + tied + disagreeing, 0) AS agreeing_share,
        cast(tied AS DOUBLE) / nullif(agreeing + tied + disagreeing, 0) AS tied_share,
        cast(disagreeing AS DOUBLE) / nullif(agreeing + tied + disagreeing, 0) AS disagreeing_share
    FROM kind_counts
