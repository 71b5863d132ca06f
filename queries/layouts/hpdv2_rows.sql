-- name: hpdv2_rows
-- One row per pair, image or vote of a JSON file of HPDv2, in the columns that all layouts share.
-- An object of train.json has two paths in file_path and a 1 in human_preference for the preferred one: a vote of user_hash. One of
-- test.json has the ranks of its images, averaged over annotators, and in raw_annotations those of each annotator: a vote on every two
-- images. Averaged ranks that are no whole numbers, or begin at 0, are numbered anew: 1 is the smallest, and equal ones share a rank.
-- param in_path: the JSON file
-- param file_split: split of its objects
-- param in_file: the number of the file
-- returns: file_number, prompt_id, prompt, classification, split, first_path, second_path, first_generator, second_generator, first_rank, second_rank, annotator, first_votes, second_votes, tied_votes, strength, weight, source_row, fault_field, fault
-- source: README of the HPSv2 repository
-- spark: no, no function of Spark takes a path
CREATE OR REPLACE MACRO hpdv2_rows(in_path VARCHAR, file_split VARCHAR, in_file BIGINT) AS TABLE
    WITH objects AS (
        SELECT
            row_number() OVER () AS source_row,
            *
        FROM
            read_json(
                in_path,
                columns := {
                    prompt: 'JSON', file_path: 'JSON', human_preference: 'JSON', user_hash: 'JSON', image_path: 'JSON',
                    rank: 'JSON', raw_annotations: 'JSON', raw_annotation: 'JSON'
                }
            )
    ),

    parsed AS (
        SELECT
            source_row,
            prompt ->> '$' AS prompt,
            user_hash ->> '$' AS annotator,
            coalesce(json_type(image_path), 'NULL') <> 'NULL' AS is_ranked,
            json_extract_string(coalesce(image_path, file_path), '$[*]') AS paths,
            list_transform(
                json_extract_string(human_preference, '$[*]'), LAMBDA x: try_cast(x AS DOUBLE)
            ) AS preferences,
            list_transform(
                json_extract_string(rank, '$[*]'), LAMBDA x: try_cast(x AS DOUBLE)
            ) AS ranks,
            json_extract(coalesce(raw_annotations, raw_annotation), '$[*]') AS annotations
        FROM objects
    ),

    checked AS (
        SELECT
            *,
            CASE
                WHEN len(list_filter(ranks, LAMBDA value: value <> floor(value) OR value NOT BETWEEN 1 AND 127)) = 0
                    THEN ranks
                ELSE
                    list_transform(
                        ranks, LAMBDA value: 1 + len(list_filter(ranks, LAMBDA other: other < value))
                    )
            END AS whole_ranks,
            CASE
                WHEN is_ranked AND coalesce(len(list_filter(ranks, LAMBDA x: x IS NOT NULL)) <> len(paths), TRUE)
                    THEN 'rank'
                WHEN is_ranked AND len(list_distinct(paths)) < len(paths) THEN 'image_path'
                WHEN is_ranked THEN NULL
                WHEN coalesce(len(paths) <> 2, TRUE) THEN 'file_path'
                WHEN coalesce(preferences NOT IN ([1, 0], [0, 1]), TRUE) THEN 'human_preference'
            END AS fault_field
        FROM parsed
    ),

    image_rows AS (
        SELECT
            source_row,
            prompt,
            unnest(paths) AS first_path,
            unnest(whole_ranks) AS first_rank,
            fault_field
        FROM checked
        WHERE is_ranked
    ),

    annotation_rows AS (
        SELECT
            source_row,
            prompt,
            paths,
            unnest(annotations) AS annotation
        FROM checked
        WHERE is_ranked AND fault_field IS NULL
    ),

    annotator_ranks AS (
        SELECT
            source_row,
            prompt,
            paths,
            annotation ->> 'user_hash' AS annotator,
            list_transform(
                json_extract_string(annotation, '$.rank[*]'), LAMBDA x: try_cast(x AS DOUBLE)
            ) AS ranks,
            unnest(range(1, len(paths) + 1)) AS first_place
        FROM annotation_rows
    ),

    annotator_pairs AS (
        SELECT
            *,
            unnest(range(first_place + 1, len(paths) + 1)) AS second_place
        FROM annotator_ranks
    ),

    votes AS (
        SELECT
            source_row,
            prompt,
            paths[1] AS first_path,
            paths[2] AS second_path,
            cast(NULL AS DOUBLE) AS first_rank,
            annotator,
            cast(preferences[1] = 1 AS BIGINT) AS first_votes,
            cast(preferences[2] = 1 AS BIGINT) AS second_votes,
            cast(0 AS BIGINT) AS tied_votes,
            fault_field,
            CASE fault_field
                WHEN 'file_path' THEN 'an object with human_preference has two paths'
                WHEN 'human_preference' THEN 'it is 1 for the preferred image, and 0 for the other one'
            END AS fault
        FROM checked
        WHERE NOT is_ranked
        UNION ALL
        SELECT
            source_row,
            prompt,
            first_path,
            cast(NULL AS VARCHAR) AS second_path,
            first_rank,
            cast(NULL AS VARCHAR) AS annotator,
            cast(NULL AS BIGINT) AS first_votes,
            cast(NULL AS BIGINT) AS second_votes,
            cast(NULL AS BIGINT) AS tied_votes,
            fault_field,
            CASE fault_field
                WHEN 'rank' THEN 'it has not one number for each path'
                WHEN 'image_path' THEN 'it names an image twice'
            END AS fault
        FROM image_rows
        UNION ALL
        SELECT
            source_row,
            prompt,
            paths[first_place] AS first_path,
            paths[second_place] AS second_path,
            cast(NULL AS DOUBLE) AS first_rank,
            annotator,
            cast(ranks[first_place] < ranks[second_place] AS BIGINT) AS first_votes,
            cast(ranks[first_place] > ranks[second_place] AS BIGINT) AS second_votes,
            cast(ranks[first_place] = ranks[second_place] AS BIGINT) AS tied_votes,
            'raw_annotations' AS fault_field,
            CASE
                WHEN coalesce(len(list_filter(ranks, LAMBDA x: x IS NOT NULL)) <> len(paths), TRUE)
                    THEN 'an annotator''s rank has not one number for each path'
            END AS fault
        FROM annotator_pairs
    )

    SELECT
        in_file AS file_number,
        cast(NULL AS VARCHAR) AS prompt_id,
        prompt,
        cast(NULL AS VARCHAR) AS classification,
        file_split AS split,
        first_path,
        second_path,
        cast(NULL AS VARCHAR) AS first_generator,
        cast(NULL AS VARCHAR) AS second_generator,
        first_rank,
        cast(NULL AS DOUBLE) AS second_rank,
        annotator,
        first_votes,
        second_votes,
        tied_votes,
        cast(NULL AS DOUBLE) AS strength,
        cast(NULL AS DOUBLE) AS weight,
        source_row,
        fault_field,
        fault
    FROM votes
