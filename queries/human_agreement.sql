-- name: human_agreement
-- How well does the order of generators by mean score agree with that of people?
-- returns: generators, spearman
-- reads: human_agreement
SELECT *
FROM human_agreement()
ORDER BY generators
