-- name: mmrb2_rows
-- One row per annotation of a pair of a JSON file of Multimodal RewardBench 2, in the columns that all layouts share.
-- An annotation is a number from 1 to 6, of which 4 to 6 prefer response A; its distance from 3.5 is the strength. The annotators are
-- not named. An image is the first one of a response. A prompt is the text in prompt_content or prompt; where there is none, each pair
-- is a prompt of its own.
-- param file_path: the JSON file
-- param file_split: split of its pairs
-- param in_file: the number of the file
-- returns: file_number, prompt_id, prompt, classification, split, first_path, second_path, first_generator, second_generator, first_rank, second_rank, annotator, first_votes, second_votes, tied_votes, strength, weight, source_row, fault_field, fault
-- source: README of the MMRB2 repository, facebookresearch/MMRB2
-- spark: no, no function of Spark takes a path
CREATE OR REPLACE MACRO mmrb2_rows(file_path VARCHAR, file_split VARCHAR, in_file BIGINT) AS TABLE
    WITH objects AS (
        SELECT unnest(json_extract(content, '$.pairs[*]')) AS pair
        FROM read_text(file_path)
    ),

    numbered AS (
        SELECT
            row_number() OVER () AS source_row,
            pair,
            coalesce(pair ->> 'id', pair ->> 'pair_id') AS pair_id,
            coalesce(json_extract(pair, '$.prompt_content'), json_extract(pair, '$.prompt')) AS prompt_json,
            json_extract(pair, '$.human_annotations') AS annotations
        FROM objects
    ),

    parsed AS (
        SELECT
            source_row,
            pair_id,
            pair ->> 'prompt_source' AS classification,
            CASE
                WHEN json_type(prompt_json) = 'VARCHAR' THEN prompt_json ->> '$'
                ELSE
                    nullif(
                        array_to_string(
                            list_transform(
                                list_filter(
                                    json_extract(prompt_json, '$[*]'), LAMBDA piece: (piece ->> '$[0]') = 'text'
                                ),
                                LAMBDA piece: piece ->> '$[1]'
                            ),
                            ' '
                        ),
                        ''
                    )
            END AS prompt,
            list_filter(
                json_extract(pair, '$.response_a.response_content[*]'), LAMBDA piece: (piece ->> '$[0]') = 'image'
            )[1] ->> '$[1]' AS first_path,
            list_filter(
                json_extract(pair, '$.response_b.response_content[*]'), LAMBDA piece: (piece ->> '$[0]') = 'image'
            )[1] ->> '$[1]' AS second_path,
            coalesce(pair ->> '$.response_a.model_name', pair ->> '$.response_a.model') AS first_generator,
            coalesce(pair ->> '$.response_b.model_name', pair ->> '$.response_b.model') AS second_generator,
            CASE
                WHEN json_type(annotations) = 'OBJECT' THEN json_extract_string(annotations, '$.*')
                ELSE json_extract_string(annotations, '$[*]')
            END AS annotations
        FROM numbered
    ),

    voted AS (
        SELECT
            *,
            unnest(CASE WHEN len(annotations) > 0 THEN annotations ELSE [NULL] END) AS annotation
        FROM parsed
    ),

    judged AS (
        SELECT
            *,
            try_cast(annotation AS DOUBLE) AS preference
        FROM voted
    )

    SELECT
        in_file AS file_number,
        CASE WHEN prompt IS NULL THEN coalesce(pair_id, concat('pair ', source_row)) END AS prompt_id,
        coalesce(prompt, '') AS prompt,
        classification,
        file_split AS split,
        first_path,
        second_path,
        first_generator,
        second_generator,
        cast(NULL AS DOUBLE) AS first_rank,
        cast(NULL AS DOUBLE) AS second_rank,
        cast(NULL AS VARCHAR) AS annotator,
        cast(preference > 3.5 AS BIGINT) AS first_votes,
        cast(preference < 3.5 AS BIGINT) AS second_votes,
        cast(preference = 3.5 AS BIGINT) AS tied_votes,
        abs(preference - 3.5) AS strength,
        cast(NULL AS DOUBLE) AS weight,
        source_row,
        'human_annotations' AS fault_field,
        CASE
            WHEN annotation IS NOT NULL AND coalesce(preference NOT IN (1, 2, 3, 4, 5, 6), TRUE)
                THEN concat(annotation, ' is no whole number from 1 to 6')
        END AS fault
    FROM judged
