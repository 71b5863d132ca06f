-- name: voted_pairs
-- The pairs of images that have votes and no ranks; preference_pairs and all counts take them beside the pairs of ranked images.
-- A pair is tied if as many people, by weight, prefer either image. Empty, and not even planned, where the source has no votes.
-- returns: split VARCHAR, part SMALLINT, prompt_id VARCHAR, prompt VARCHAR, classification VARCHAR, better_path VARCHAR, worse_path VARCHAR, is_tied BOOLEAN, better_row BIGINT, worse_row BIGINT
-- reads: counted_votes
CREATE OR REPLACE VIEW voted_pairs AS
SELECT
    split,
    part,
    prompt_id,
    prompt,
    classification,
    better_path,
    worse_path,
    is_tied,
    better_row,
    worse_row
FROM counted_votes()
WHERE NOT is_ranked
