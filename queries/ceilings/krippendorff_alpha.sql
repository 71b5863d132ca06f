-- name: krippendorff_alpha
-- One row per split: Krippendorff's alpha of the votes on pairs, 1 if people always agree and 0 if they agree as often as by chance.
-- A pair is a unit, its values are the image that is preferred, or a tie; disagreement is nominal. Which of two images is called the first
-- would change the expected disagreement, so that it is the mean over all ways to call them. Pairs of one vote do not count, and votes
-- count once, whatever their weight, also a second one of the same annotator. lower and upper are bounds of 95 %, with prompts as the unit; NULL for fewer than two of them.
-- alpha is NULL where no disagreement is expected.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: split VARCHAR, alpha DOUBLE, lower DOUBLE, upper DOUBLE, observed DOUBLE, expected DOUBLE, votes BIGINT, pairs BIGINT, prompts BIGINT
-- important: split, alpha, lower, upper, observed, expected, votes
-- reads: vote_results, float_mean, effective_trials, student_quantile, wilson_lower, wilson_upper
-- source: Krippendorff 2011, Computing Krippendorff's Alpha-Reliability
-- query: krippendorff_alpha
-- question: How far do people agree beyond chance?
-- order: split
CREATE OR REPLACE MACRO krippendorff_alpha(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    WITH prompts AS (
        SELECT
            split,
            prompt_id,
            cast(sum(votes * pairs) AS BIGINT) AS votes,
            cast(sum(tied_votes * pairs) AS BIGINT) AS tied_votes,
            cast(sum(pairs) AS BIGINT) AS pairs,
            sum(cast(more_votes - fewer_votes AS DOUBLE) * (more_votes - fewer_votes) * pairs) AS squared_leads,
            -- Twice the pairs of votes that differ, by the votes that each is compared with.
            cast(
                sum(
                    cast(
                        2 * (
                            cast(more_votes AS DOUBLE) * fewer_votes
                            + cast(more_votes + fewer_votes AS DOUBLE) * tied_votes
                        ) / nullif(votes - 1, 0) AS DECIMAL(38, 18)
                    ) * pairs
                ) AS DOUBLE
            ) AS disagreements
        FROM vote_results(in_split, in_subset)
        WHERE votes > 1
        GROUP BY split, prompt_id
    ),

    totals AS (
        SELECT
            split,
            cast(sum(votes) AS BIGINT) AS votes,
            cast(sum(pairs) AS BIGINT) AS pairs,
            count(*) AS prompts,
            float_mean(disagreements) * count(*) / nullif(sum(votes), 0) AS observed,
            cast(sum(tied_votes) AS DOUBLE) / nullif(sum(votes), 0) AS tied_share,
            -- Two votes of different pairs name the same image half of the times.
            1 - (
                cast(sum(tied_votes) AS DOUBLE) * (sum(tied_votes) - 1)
                + (
                    cast(sum(votes) - sum(tied_votes) AS DOUBLE) * (sum(votes) - sum(tied_votes))
                    + sum(squared_leads)
                ) / 2
                - (sum(votes) - sum(tied_votes))
            ) / nullif(cast(sum(votes) AS DOUBLE) * (sum(votes) - 1), 0) AS expected
        FROM prompts
        GROUP BY split
    ),

    -- The residual of observed / expected, by linearisation, in units of observed.
    residuals AS (
        SELECT
            totals.split,
            (
                prompts.disagreements - totals.observed * prompts.votes
                - totals.observed / nullif(totals.expected, 0) * (1 - 3 * totals.tied_share)
                * (prompts.tied_votes - totals.tied_share * prompts.votes)
            ) / totals.votes AS residual
        FROM prompts
        INNER JOIN totals ON prompts.split = totals.split
    ),

    variances AS (
        SELECT
            split,
            float_mean(residual * residual) * count(*) AS variance
        FROM residuals
        GROUP BY split
    ),

    drawn AS (
        SELECT
            totals.*,
            nullif(totals.expected, 0) AS divisor,
            effective_trials(totals.observed, variances.variance, totals.prompts, totals.votes) AS trials,
            student_quantile(totals.prompts - 1) AS quantile
        FROM totals
        INNER JOIN variances ON totals.split = variances.split
    )

    SELECT
        split,
        1 - observed / divisor AS alpha,
        1 - wilson_upper(observed * trials, trials, quantile) / divisor AS lower,
        CASE
            WHEN observed = 0 AND prompts > 1 THEN 1 - observed / divisor
            ELSE 1 - wilson_lower(observed * trials, trials, quantile) / divisor
        END AS upper,
        observed,
        expected,
        votes,
        pairs,
        prompts
    FROM drawn
