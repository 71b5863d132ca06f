-- name: reproduction
-- Which published figures does this data confirm?
-- A figure is equal if what was computed lies within half of its last printed digit; difference is computed less published.
-- Scores of a scorer named as in the paper are judged, too. explanation tells why a figure cannot be computed, how it is
-- counted, and why a difference is to be expected.
-- returns: place, source, figure, published_text, published, computed, difference, verdict, explanation
-- reads: published_figures, computed_figures, figure_verdict
-- source: dataset card of ImageRewardDB; ImageReward paper, arXiv 2304.05977
SELECT
    published.place,
    published.source,
    published.figure,
    published.published_text,
    published.published,
    found.computed,
    round(found.computed - published.published, 9) AS difference,
    figure_verdict(found.computed, published.published, published.half_unit) AS verdict,
    concat_ws(' ', found.reason, published.explanation) AS explanation
FROM published_figures AS published
LEFT JOIN computed_figures() AS found ON published.figure = found.figure
ORDER BY published.place
