-- name: reproduction
-- Which published values does this data confirm?
-- A value is equal if the computed one differs by at most half of its last printed digit; difference is computed minus published.
-- comparison says so in words, as in rounds to 2.7K. Scores of a scorer named as in the paper are compared, too. explanation says why
-- a value cannot be computed, how it is counted, and why a difference is to be expected.
-- returns: place, source, quantity, published_text, published, computed, difference, verdict, comparison, explanation
-- important: quantity, published_text, computed, verdict, difference, comparison, explanation
-- reads: published_values, computed_values, reproduction_verdict
-- source: dataset card of ImageRewardDB; ImageReward paper, arXiv 2304.05977
SELECT
    published.place,
    published.source,
    published.quantity,
    published.published_text,
    published.published,
    computed.computed,
    round(computed.computed - published.published, 9) AS difference,
    reproduction_verdict(computed.computed, published.published, published.half_unit) AS verdict,
    CASE reproduction_verdict(computed.computed, published.published, published.half_unit)
        WHEN 'equal'
            THEN
                concat(
                    CASE
                        WHEN round(computed.computed - published.published, 9) = 0 THEN 'is '
                        ELSE 'rounds to '
                    END,
                    published.published_text
                )
        WHEN 'different' THEN concat('is not ', published.published_text)
    END AS comparison,
    concat_ws(' ', computed.reason, published.explanation) AS explanation
FROM published_values AS published
LEFT JOIN computed_values() AS computed ON published.quantity = computed.quantity
ORDER BY published.place
