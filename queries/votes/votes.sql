-- name: votes
-- One row per vote: what one annotator, or a published count of annotators, said of two images of a prompt.
-- annotator is NULL where it is not published. Of one annotator, exactly one of first_votes, second_votes and tied_votes is 1.
-- strength is how sure the annotator was, NULL where nobody asked; it filters and weighs nothing. weight is 1 unless published. Votes
-- on images that are left out are left out, too. vote_index numbers the votes in the order of the source, and may skip
-- numbers; source_file and source_row, which counts from 1, name where each is from. Ranked data has votes, too, if the ranks of its annotators are published.
-- returns: split VARCHAR, prompt_id VARCHAR, first_path VARCHAR, second_path VARCHAR, annotator VARCHAR, first_votes BIGINT, second_votes BIGINT, tied_votes BIGINT, strength DOUBLE, weight DOUBLE, first_row BIGINT, second_row BIGINT, vote_index BIGINT, source_file VARCHAR, source_row BIGINT
-- important: first_path, second_path, annotator, first_votes, second_votes, tied_votes, strength
-- start with: yes
-- reads: source_votes, images
-- query: votes
-- question: What did each annotator say of two images of a prompt?
-- order: vote_index
CREATE OR REPLACE VIEW votes AS
SELECT
    first_images.split,
    first_images.prompt_id,
    first_images.image_path AS first_path,
    second_images.image_path AS second_path,
    source_votes.annotator,
    source_votes.first_votes,
    source_votes.second_votes,
    source_votes.tied_votes,
    source_votes.strength,
    coalesce(source_votes.weight, 1) AS weight,
    source_votes.first_row,
    source_votes.second_row,
    source_votes.vote_index,
    source_votes.source_file,
    source_votes.source_row
FROM source_votes
INNER JOIN images AS first_images ON source_votes.first_row = first_images.row_index
INNER JOIN images AS second_images ON source_votes.second_row = second_images.row_index
