-- name: ceiling_judgements
-- One row per ceiling, split and prompt: how many judgements of people were compared with a label, and how many of them are right.
-- The macro human_ceilings says what each ceiling compares. A tied judgement counts half; of annotations the prompt is its text.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: ceiling VARCHAR, split VARCHAR, prompt VARCHAR, judgements BIGINT, right_judgements DOUBLE, pairs BIGINT
-- reads: vote_results, half_agreement, annotation_overlaps, exact_mean
CREATE OR REPLACE MACRO ceiling_judgements(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    WITH results AS (
        SELECT *
        FROM vote_results(in_split, in_subset)
    ),

    vote_judgements AS (
        SELECT
            'annotator_label' AS ceiling,
            split,
            prompt_id,
            votes AS judgements,
            more_votes + cast(tied_votes AS DOUBLE) / 2 AS right_judgements,
            pairs
        FROM results
        WHERE more_votes > fewer_votes AND votes > 1
        UNION ALL
        -- Without one of the votes for the image with more, its lead shrinks by one; the label may then be a tie.
        SELECT
            'annotator_others' AS ceiling,
            split,
            prompt_id,
            CASE
                WHEN more_votes - fewer_votes = 0 THEN more_votes + fewer_votes
                WHEN more_votes - fewer_votes = 1 THEN fewer_votes + tied_votes
                ELSE votes
            END AS judgements,
            CASE WHEN more_votes - fewer_votes > 1 THEN more_votes ELSE 0 END
            + CASE WHEN more_votes > fewer_votes THEN cast(tied_votes AS DOUBLE) / 2 ELSE 0.0 END AS right_judgements,
            pairs
        FROM results
        WHERE votes > 1
        UNION ALL
        SELECT
            'annotator_pairs' AS ceiling,
            split,
            prompt_id,
            more_votes + fewer_votes AS judgements,
            (
                cast(more_votes AS DOUBLE) * (more_votes - 1) + cast(fewer_votes AS DOUBLE) * (fewer_votes - 1)
                + cast(more_votes + fewer_votes AS DOUBLE) * tied_votes / 2
            ) / nullif(votes - 1, 0) AS right_judgements,
            pairs
        FROM results
        WHERE votes > 1
        UNION ALL
        SELECT
            'split_halves' AS ceiling,
            results.split,
            results.prompt_id,
            1 AS judgements,
            halves.agreement AS right_judgements,
            results.pairs
        FROM results
        INNER JOIN half_agreement(in_split, in_subset) AS halves
            ON
                results.more_votes = halves.more_votes
                AND results.fewer_votes = halves.fewer_votes
                AND results.tied_votes = halves.tied_votes
    ),

    all_judgements AS (
        SELECT
            ceiling,
            split,
            prompt_id AS prompt,
            judgements * pairs AS judgements,
            right_judgements * pairs AS right_judgements,
            pairs
        FROM vote_judgements
        UNION ALL
        SELECT
            'annotations' AS ceiling,
            split,
            prompt,
            strict_pairs AS judgements,
            same_pairs + cast(strict_pairs - same_pairs - opposite_pairs AS DOUBLE) / 2 AS right_judgements,
            strict_pairs AS pairs
        FROM annotation_overlaps(in_split, in_subset)
    )

    SELECT
        ceiling,
        split,
        prompt,
        cast(sum(judgements) AS BIGINT) AS judgements,
        exact_mean(right_judgements) * count(*) AS right_judgements,
        cast(sum(pairs) AS BIGINT) AS pairs
    FROM all_judgements
    WHERE judgements > 0
    GROUP BY ceiling, split, prompt
