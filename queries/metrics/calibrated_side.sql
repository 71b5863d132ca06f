-- name: calibrated_side
-- What a scorer says of the better of two images if scores that differ by ε or less are a tie: 1, 0 or -1.
-- param score_of_better: score of the better image
-- param score_of_worse: score of the worse image
-- param tie_width: ε, the largest difference that is a tie
-- source: Deutsch et al. 2023, arXiv 2305.14324
CREATE OR REPLACE MACRO calibrated_side(score_of_better DOUBLE, score_of_worse DOUBLE, tie_width DOUBLE) AS
CASE
    WHEN abs(score_of_better - score_of_worse) <= tie_width THEN 0
    WHEN score_of_better > score_of_worse THEN 1
    ELSE -1
END
