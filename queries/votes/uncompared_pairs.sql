-- name: uncompared_pairs
-- One row, if there are votes: how many of the pairs with votes compare no two generators.
-- same_generator counts pairs of a generator with itself, unknown_generator those of an image whose generator is not published.
-- returns: pairs BIGINT, same_generator BIGINT, unknown_generator BIGINT
-- reads: counted_votes
-- query: uncompared_pairs
-- question: How many pairs with votes say nothing about two generators?
-- order: pairs
CREATE OR REPLACE MACRO uncompared_pairs() AS TABLE
    SELECT
        count(*) AS pairs,
        count(*) FILTER (WHERE better_generator = worse_generator) AS same_generator,
        count(*) FILTER (WHERE better_generator IS NULL OR worse_generator IS NULL) AS unknown_generator
    FROM counted_votes()
    HAVING count(*) > 0
