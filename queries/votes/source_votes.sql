-- name: source_votes
-- One row per published vote on two images, by their row numbers; empty unless the source has votes.
-- first_row and second_row are the row_index of the two images. Of one annotator, exactly one of the three counts is 1. strength is
-- how sure the annotator was, NULL where nobody asked; weight is NULL where none is published, and counts as 1. source_file and
-- source_row, which counts from 1, name the row, line or object that the vote is from.
-- returns: first_row BIGINT, second_row BIGINT, annotator VARCHAR, first_votes BIGINT, second_votes BIGINT, tied_votes BIGINT, strength DOUBLE, weight DOUBLE, vote_index BIGINT, source_file VARCHAR, source_row BIGINT
CREATE OR REPLACE VIEW source_votes AS
SELECT
    cast(0 AS BIGINT) AS first_row,
    cast(0 AS BIGINT) AS second_row,
    cast('' AS VARCHAR) AS annotator,
    cast(0 AS BIGINT) AS first_votes,
    cast(0 AS BIGINT) AS second_votes,
    cast(0 AS BIGINT) AS tied_votes,
    cast(0 AS DOUBLE) AS strength,
    cast(0 AS DOUBLE) AS weight,
    cast(0 AS BIGINT) AS vote_index,
    cast('' AS VARCHAR) AS source_file,
    cast(0 AS BIGINT) AS source_row
WHERE FALSE
