-- name: ranked_scores
-- One row per ranked image that a scorer has scored, with the first_row of its prompt.
-- param in_scorer: a scorer; NULL takes every scorer
-- returns: scorer VARCHAR, first_row BIGINT, rank TINYINT, score DOUBLE
-- reads: scores
CREATE OR REPLACE MACRO ranked_scores(in_scorer VARCHAR := NULL) AS TABLE
    SELECT
        scorer,
        first_row,
        rank,
        score
    FROM scores
    WHERE rank IS NOT NULL AND (in_scorer IS NULL OR scorer = in_scorer)
