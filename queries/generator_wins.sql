-- name: generator_wins
-- How often does each generator win against each other one?
-- returns: generator, other_generator, prompts, wins, ties, losses, win_rate
-- reads: generator_wins
SELECT *
FROM generator_wins()
ORDER BY generator, other_generator
