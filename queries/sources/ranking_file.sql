-- name: ranking_file
-- Rows of a ranking file: a JSON list of objects {id, prompt, generations, ranking}, as the ImageReward repository reads.
-- Ratings and classification are NULL, as such a file has none. image_amount_in_total is the number of generations.
-- param file_path: the JSON file
-- param file_split: split of its rows
-- param start_row: row_index of the file's first row
-- returns: image_path, prompt_id, prompt, classification, image_amount_in_total, rank, overall_rating, image_text_alignment_rating, fidelity_rating, split, row_index, generator
-- reads: ranking_objects
-- source: ImageReward repository, data/test.json
-- spark: no, no function of Spark takes a path; convert the file to parquet first
CREATE OR REPLACE MACRO ranking_file(
    file_path VARCHAR,
    file_split VARCHAR := 'test',
    start_row BIGINT := 0
) AS TABLE
    WITH generation_rows AS (
        SELECT
            id ->> '$' AS prompt_id,
            prompt ->> '$' AS prompt,
            json_array_length(generations) AS image_amount,
            unnest(json_extract_string(generations, '$[*]')) AS image_path,
            unnest(json_extract_string(ranking, '$[*]')) AS rank
        FROM ranking_objects(file_path)
    ),

    numbered AS (
        SELECT
            *,
            row_number() OVER () AS file_row
        FROM generation_rows
    )

    SELECT
        image_path,
        prompt_id,
        prompt,
        cast(NULL AS VARCHAR) AS classification,
        cast(image_amount AS TINYINT) AS image_amount_in_total,
        cast(cast(rank AS DOUBLE) AS TINYINT) AS rank,
        cast(NULL AS TINYINT) AS overall_rating,
        cast(NULL AS TINYINT) AS image_text_alignment_rating,
        cast(NULL AS TINYINT) AS fidelity_rating,
        file_split AS split,
        cast(start_row + file_row - 1 AS BIGINT) AS row_index,
        cast(NULL AS VARCHAR) AS generator
    FROM numbered
