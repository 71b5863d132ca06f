-- name: generator_votes
-- One row per prompt and two generators whose images people compared: the votes for each.
-- generator comes first in alphabetical order. Pairs of a generator with itself, or without a generator, are left out; the macro
-- uncompared_pairs counts them. Votes count by their weight. Empty where the source has no votes.
-- returns: generator VARCHAR, other_generator VARCHAR, prompt_id VARCHAR, votes DOUBLE, other_votes DOUBLE
-- reads: source_votes, images
CREATE OR REPLACE VIEW generator_votes AS
WITH compared AS (
    SELECT
        first_images.prompt_id,
        least(first_images.generator, second_images.generator) AS generator,
        greatest(first_images.generator, second_images.generator) AS other_generator,
        first_images.generator < second_images.generator AS is_in_order,
        source_votes.first_votes,
        source_votes.second_votes,
        cast(coalesce(source_votes.weight, 1) AS DECIMAL(18, 9)) AS vote_weight
    FROM source_votes
    INNER JOIN images AS first_images ON source_votes.first_row = first_images.row_index
    INNER JOIN images AS second_images ON source_votes.second_row = second_images.row_index
    WHERE first_images.generator <> second_images.generator
)

SELECT
    generator,
    other_generator,
    prompt_id,
    cast(sum(vote_weight * CASE WHEN is_in_order THEN first_votes ELSE second_votes END) AS DOUBLE) AS votes,
    cast(sum(vote_weight * CASE WHEN is_in_order THEN second_votes ELSE first_votes END) AS DOUBLE) AS other_votes
FROM compared
GROUP BY prompt_id, generator, other_generator
