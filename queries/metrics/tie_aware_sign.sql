-- name: tie_aware_sign
-- Whether a scorer scores the better of two images higher (1) or lower (-1), 0 if scores differ by ε or less.
-- param score_of_better: score of the better image
-- param score_of_worse: score of the worse image
-- param tie_width: ε, the largest difference that is a tie
-- source: Deutsch et al. 2023, arXiv 2305.14324
CREATE OR REPLACE MACRO tie_aware_sign(score_of_better DOUBLE, score_of_worse DOUBLE, tie_width DOUBLE) AS
CASE
    WHEN abs(score_of_better - score_of_worse) <= tie_width THEN 0
    WHEN score_of_better > score_of_worse THEN 1
    ELSE -1
END
