-- name: judge_accuracy
-- One row per judge and split: how often it names the image that people prefer, in each order, and whether the order matters to it.
-- Of strict pairs; a judge's tie is half right. accuracy_better_first is of judgements where the better image was shown first,
-- accuracy_worse_first of those where it was shown second, and accuracy their mean, so that both orders count the same. Of pairs shown
-- in both orders (both_orders), consistency is the share on which both verdicts are the same image or both ties, consistent_accuracy
-- the accuracy on these, and first_share the share of judgements, without ties, that name the image shown first. A judge that guesses, without
-- ties, has 0.5 of each of the six; a first_share of 0.5 is no preference for a place. coverage is the share of the strict_pairs of the split that were judged
-- (pairs); tied_pairs were judged, too, and are left out, as people tied them.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: judge VARCHAR, split VARCHAR, accuracy DOUBLE, consistency DOUBLE, first_share DOUBLE, accuracy_better_first DOUBLE, accuracy_worse_first DOUBLE, consistent_accuracy DOUBLE, judgements BIGINT, judge_ties BIGINT, prompts BIGINT, pairs BIGINT, both_orders BIGINT, strict_pairs BIGINT, coverage DOUBLE, tied_pairs BIGINT
-- important: judge, split, accuracy, consistency, first_share, accuracy_better_first, accuracy_worse_first, pairs, coverage
-- reads: judgement_rows, judge_terms, pair_counts
-- source: Zheng et al. 2023, arXiv 2306.05685 (position bias: consistency, and preference for the first place)
-- query: judge_accuracy
-- question: How often does a judge of two images agree with people, and does the order matter to it?
-- order: split, judge
CREATE OR REPLACE MACRO judge_accuracy(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    WITH judges AS (
        SELECT DISTINCT judge FROM judgement_rows
    ),

    sums AS (
        SELECT
            judge,
            split,
            count(*) FILTER (WHERE pairs > 0) AS prompts,
            cast(sum(pairs) AS BIGINT) AS pairs,
            cast(sum(tied_pairs) AS BIGINT) AS tied_pairs,
            cast(sum(judge_ties) AS BIGINT) AS judge_ties,
            cast(sum(better_first) AS BIGINT) AS better_first,
            sum(better_first_right) AS better_first_right,
            cast(sum(worse_first) AS BIGINT) AS worse_first,
            sum(worse_first_right) AS worse_first_right,
            cast(sum(both_orders) AS BIGINT) AS both_orders,
            cast(sum(consistent) AS BIGINT) AS consistent,
            sum(consistent_right) AS consistent_right,
            cast(sum(decided) AS BIGINT) AS decided,
            cast(sum(toward_first) AS BIGINT) AS toward_first,
            cast(sum(toward_second) AS BIGINT) AS toward_second
        FROM judge_terms(in_split, in_subset)
        GROUP BY judge, split
    )

    SELECT
        judges.judge,
        counts.split,
        (
            sums.better_first_right / nullif(sums.better_first, 0)
            + sums.worse_first_right / nullif(sums.worse_first, 0)
        ) / 2 AS accuracy,
        cast(sums.consistent AS DOUBLE) / nullif(sums.both_orders, 0) AS consistency,
        cast(sums.decided + sums.toward_first - sums.toward_second AS DOUBLE) / nullif(2 * sums.decided, 0)
            AS first_share,
        sums.better_first_right / nullif(sums.better_first, 0) AS accuracy_better_first,
        sums.worse_first_right / nullif(sums.worse_first, 0) AS accuracy_worse_first,
        sums.consistent_right / nullif(sums.consistent, 0) AS consistent_accuracy,
        coalesce(sums.better_first + sums.worse_first, 0) AS judgements,
        coalesce(sums.judge_ties, 0) AS judge_ties,
        coalesce(sums.prompts, 0) AS prompts,
        coalesce(sums.pairs, 0) AS pairs,
        coalesce(sums.both_orders, 0) AS both_orders,
        counts.strict_pairs,
        cast(coalesce(sums.pairs, 0) AS DOUBLE) / nullif(counts.strict_pairs, 0) AS coverage,
        coalesce(sums.tied_pairs, 0) AS tied_pairs
    FROM judges
    CROSS JOIN pair_counts(in_split, in_subset) AS counts
    LEFT JOIN sums ON judges.judge = sums.judge AND counts.split = sums.split
