-- name: exported_votes
-- Which votes are in an export, in columns whose names one's own labelled pairs have, too?
-- Prompts are in the order of the source, with the votes of a prompt together, in the order of their vote_index. Empty where the
-- source has no votes.
-- param split: train, validation or test, or several as in 'train,test'; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- param from_draw: start of the range of draws of prompts, see prompt_draws; 0 unless given
-- param to_draw: end of the range, excluded; 1 unless given
-- param seed: a whole number; another one gives other draws; 0 unless given
-- param stratified: whether to sample the same share of each classification; off unless given
-- returns: prompt_id, prompt, classification, split, first_path, second_path, first_votes, second_votes, tied_votes, annotator, first_generator, second_generator, strength, weight
-- important: prompt, first_path, second_path, first_votes, second_votes, tied_votes
-- reads: votes, sampled_images, whole_number
WITH sampled AS (
    SELECT *
    FROM
        sampled_images(
            $split::VARCHAR,
            $subset::VARCHAR,
            $from_draw::DOUBLE,
            $to_draw::DOUBLE,
            whole_number($seed),
            $stratified::BOOLEAN
        )
)

SELECT
    votes.prompt_id,
    first_images.prompt,
    first_images.classification,
    votes.split,
    votes.first_path,
    votes.second_path,
    votes.first_votes,
    votes.second_votes,
    votes.tied_votes,
    votes.annotator,
    first_images.generator AS first_generator,
    second_images.generator AS second_generator,
    votes.strength,
    votes.weight
FROM votes
INNER JOIN sampled AS first_images ON votes.first_row = first_images.row_index
INNER JOIN sampled AS second_images ON votes.second_row = second_images.row_index
ORDER BY first_images.prompt_row, votes.vote_index
