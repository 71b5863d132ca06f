-- name: half_agreement
-- One row per result of a vote of 2 to 100 people: how often two random halves of them agree.
-- The halves have the same size; of an odd number, one vote is left out at random. agreement is the chance that the second half prefers
-- the same image as the first, given that the first half prefers one; a tie in the second half counts half. Computed over all halves.
-- Without a row where no half can prefer an image.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: more_votes BIGINT, fewer_votes BIGINT, tied_votes BIGINT, agreement DOUBLE
-- reads: vote_results
-- source: multivariate hypergeometric distribution
CREATE OR REPLACE MACRO half_agreement(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    WITH digits AS (
        SELECT unnest([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]) AS digit
    ),

    numbers AS (
        SELECT cast(10 * tens.digit + ones.digit AS BIGINT) AS number
        FROM digits AS tens
        CROSS JOIN digits AS ones
        UNION ALL
        SELECT cast(100 AS BIGINT) AS number
    ),

    factorials AS (
        SELECT
            number,
            sum(CASE WHEN number > 1 THEN ln(number) ELSE 0.0 END) OVER (ORDER BY number) AS log_factorial
        FROM numbers
    ),

    results AS (
        SELECT DISTINCT
            more_votes,
            fewer_votes,
            tied_votes,
            votes
        FROM vote_results(in_split, in_subset)
        WHERE votes BETWEEN 2 AND 100
    ),

    -- Of an odd number of votes, each is left out in turn.
    even_results AS (
        SELECT
            *,
            more_votes AS first_votes,
            fewer_votes AS second_votes,
            tied_votes AS neither_votes,
            1.0 AS result_share
        FROM results
        WHERE votes % 2 = 0
        UNION ALL
        SELECT
            *,
            more_votes - 1 AS first_votes,
            fewer_votes AS second_votes,
            tied_votes AS neither_votes,
            cast(more_votes AS DOUBLE) / nullif(votes, 0) AS result_share
        FROM results
        WHERE votes % 2 = 1 AND more_votes > 0
        UNION ALL
        SELECT
            *,
            more_votes AS first_votes,
            fewer_votes - 1 AS second_votes,
            tied_votes AS neither_votes,
            cast(fewer_votes AS DOUBLE) / nullif(votes, 0) AS result_share
        FROM results
        WHERE votes % 2 = 1 AND fewer_votes > 0
        UNION ALL
        SELECT
            *,
            more_votes AS first_votes,
            fewer_votes AS second_votes,
            tied_votes - 1 AS neither_votes,
            cast(tied_votes AS DOUBLE) / nullif(votes, 0) AS result_share
        FROM results
        WHERE votes % 2 = 1 AND tied_votes > 0
    ),

    -- Each way to draw the first half.
    halves AS (
        SELECT
            even_results.*,
            first_drawn.number AS first_number,
            second_drawn.number AS second_number,
            votes // 2 - first_drawn.number - second_drawn.number AS neither_number,
            first_drawn.log_factorial + second_drawn.log_factorial AS log_drawn
        FROM even_results
        INNER JOIN factorials AS first_drawn ON even_results.first_votes >= first_drawn.number
        INNER JOIN factorials AS second_drawn ON even_results.second_votes >= second_drawn.number
        WHERE
            votes // 2 - first_drawn.number - second_drawn.number BETWEEN 0 AND even_results.neither_votes
    ),

    weighed AS (
        SELECT
            halves.more_votes,
            halves.fewer_votes,
            halves.tied_votes,
            sign(halves.first_number - halves.second_number) AS drawn_sign,
            sign(
                halves.first_votes - halves.first_number - halves.second_votes + halves.second_number
            ) AS left_sign,
            cast(
                halves.result_share * exp(
                    first_all.log_factorial + second_all.log_factorial + neither_all.log_factorial
                    - halves.log_drawn - neither_drawn.log_factorial
                    - first_left.log_factorial - second_left.log_factorial - neither_left.log_factorial
                    + 2 * half.log_factorial - whole.log_factorial
                ) AS DECIMAL(38, 18)
            ) AS half_share
        FROM halves
        INNER JOIN factorials AS first_all ON halves.first_votes = first_all.number
        INNER JOIN factorials AS second_all ON halves.second_votes = second_all.number
        INNER JOIN factorials AS neither_all ON halves.neither_votes = neither_all.number
        INNER JOIN factorials AS neither_drawn ON halves.neither_number = neither_drawn.number
        INNER JOIN factorials AS first_left ON halves.first_votes - halves.first_number = first_left.number
        INNER JOIN factorials AS second_left ON halves.second_votes - halves.second_number = second_left.number
        INNER JOIN factorials AS neither_left ON halves.neither_votes - halves.neither_number = neither_left.number
        INNER JOIN factorials AS half ON halves.votes // 2 = half.number
        INNER JOIN factorials AS whole ON halves.votes - halves.votes % 2 = whole.number
    )

    SELECT
        more_votes,
        fewer_votes,
        tied_votes,
        (
            cast(coalesce(sum(half_share) FILTER (WHERE drawn_sign = left_sign), 0) AS DOUBLE)
            + cast(coalesce(sum(half_share) FILTER (WHERE left_sign = 0), 0) AS DOUBLE) / 2
        ) / nullif(cast(sum(half_share) AS DOUBLE), 0) AS agreement
    FROM weighed
    WHERE drawn_sign <> 0
    GROUP BY more_votes, fewer_votes, tied_votes
