-- name: rating_correlations
-- How far do the kinds of rating go together, with each other and with rank?
-- param split: train, validation or test; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- param by_classification: a row for each classification of a split; off unless given
-- returns: split, classification, statistic, first_variable, second_variable, correlation, n, unit
-- reads: rating_correlations
SELECT *
FROM rating_correlations($split::VARCHAR, $subset::VARCHAR, $by_classification::BOOLEAN)
ORDER BY split, classification NULLS LAST, statistic, first_variable, second_variable
