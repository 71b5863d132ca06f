-- name: metadata
-- One row per row of the source, in the published columns; the base of the other views.
-- Empty until a source is opened, or a view with the same columns and types replaces it. split is train, validation or test;
-- row_index counts all rows from 0. generator is the model that made the image, NULL where it is not published.
-- returns: image_path VARCHAR, prompt_id VARCHAR, prompt VARCHAR, classification VARCHAR, image_amount_in_total TINYINT, rank TINYINT, overall_rating TINYINT, image_text_alignment_rating TINYINT, fidelity_rating TINYINT, split VARCHAR, row_index BIGINT, generator VARCHAR
-- important: image_path, prompt, rank, overall_rating, classification, prompt_id
-- source: dataset card of ImageRewardDB
CREATE OR REPLACE VIEW metadata AS
SELECT
    cast('' AS VARCHAR) AS image_path,
    cast('' AS VARCHAR) AS prompt_id,
    cast('' AS VARCHAR) AS prompt,
    cast('' AS VARCHAR) AS classification,
    cast(0 AS TINYINT) AS image_amount_in_total,
    cast(0 AS TINYINT) AS rank,
    cast(0 AS TINYINT) AS overall_rating,
    cast(0 AS TINYINT) AS image_text_alignment_rating,
    cast(0 AS TINYINT) AS fidelity_rating,
    cast('' AS VARCHAR) AS split,
    cast(0 AS BIGINT) AS row_index,
    cast('' AS VARCHAR) AS generator
WHERE FALSE
