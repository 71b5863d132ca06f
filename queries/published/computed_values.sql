-- name: computed_values
-- One row per published value with what this data gives; NULL with a reason where it cannot be computed.
-- Counts are computed only for a published set that is complete and has the published number of prompts, and numbers of prompts for
-- any complete set. If images are left out, reason says so.
-- returns: quantity VARCHAR, computed DOUBLE, reason VARCHAR
-- reads: published_sets, published_values, computed_scorer_values, images, rank_counts, rating_conflicts, left_out_images
-- source: view published_values
CREATE OR REPLACE MACRO computed_values() AS TABLE
    WITH sets AS (
        SELECT *
        FROM published_sets()
    ),

    all_sets AS (
        SELECT
            concat(' of ', set_name) AS name_suffix,
            prompts,
            images,
            pairs,
            strict_pairs,
            missing_reason,
            mismatch_reason
        FROM sets
        UNION ALL
        SELECT
            sums.name_suffix,
            cast(sum(sets.prompts) AS BIGINT) AS prompts,
            cast(sum(sets.images) AS BIGINT) AS images,
            cast(sum(sets.pairs) AS BIGINT) AS pairs,
            cast(sum(sets.strict_pairs) AS BIGINT) AS strict_pairs,
            nullif(
                concat_ws(
                    ' ',
                    max(CASE WHEN sets.set_name = 'train' THEN sets.missing_reason END),
                    max(CASE WHEN sets.set_name = 'validation' THEN sets.missing_reason END),
                    max(CASE WHEN sets.set_name = 'test' THEN sets.missing_reason END)
                ),
                ''
            ) AS missing_reason,
            nullif(
                concat_ws(
                    ' ',
                    max(CASE WHEN sets.set_name = 'train' THEN sets.mismatch_reason END),
                    max(CASE WHEN sets.set_name = 'validation' THEN sets.mismatch_reason END),
                    max(CASE WHEN sets.set_name = 'test' THEN sets.mismatch_reason END)
                ),
                ''
            ) AS mismatch_reason
        FROM sets
        CROSS JOIN (VALUES (', all splits'), (', sum of the table')) AS sums (name_suffix)
        WHERE sets.set_name IN ('train', 'validation', 'test')
        GROUP BY sums.name_suffix
    ),

    class_counts AS (
        SELECT count(DISTINCT classification) AS classifications
        FROM images
    ),

    prompt_sizes AS (
        SELECT
            split,
            prompt_id,
            min(classification) AS classification,
            count(*) AS images
        FROM images
        WHERE prompt_id IS NOT NULL
        GROUP BY split, prompt_id
    ),

    facts AS (
        SELECT
            concat('prompts of ', names.class_name) AS word,
            cast(count(prompt_sizes.prompt_id) AS DOUBLE) AS number
        FROM (
            VALUES ('People'), ('Arts'), ('Outdoor Scenes'), ('Artifacts'), ('Animals')
        ) AS names (class_name)
        LEFT JOIN prompt_sizes ON names.class_name = prompt_sizes.classification
        GROUP BY names.class_name
        UNION ALL
        SELECT
            'fewest images of a prompt' AS word,
            cast(min(images) AS DOUBLE) AS number
        FROM prompt_sizes
        UNION ALL
        SELECT
            'most images of a prompt' AS word,
            cast(max(images) AS DOUBLE) AS number
        FROM prompt_sizes
        UNION ALL
        SELECT
            'most images of a prompt at one rank' AS word,
            cast(max(images) AS DOUBLE) AS number
        FROM rank_counts()
        WHERE rank IS NOT NULL
        UNION ALL
        SELECT
            'strict pairs whose better image is rated lower' AS word,
            cast(count(*) AS DOUBLE) AS number
        FROM rating_conflicts()
    ),

    left_out AS (
        SELECT
            CASE
                WHEN count(*) > 0 THEN concat('Images are left out here: ', format('{:,}', count(*)), '.')
            END AS note
        FROM left_out_images
    ),

    counted AS (
        SELECT
            concat(counts.word, all_sets.name_suffix) AS quantity,
            CASE counts.word
                WHEN 'prompts' THEN all_sets.prompts
                WHEN 'images' THEN all_sets.images
                WHEN 'pairs' THEN all_sets.pairs
                WHEN 'strict pairs' THEN all_sets.strict_pairs
                WHEN 'compared pairs' THEN all_sets.strict_pairs
                WHEN 'classifications' THEN nullif(class_counts.classifications, 0)
            END AS number,
            CASE
                WHEN all_sets.missing_reason IS NOT NULL THEN all_sets.missing_reason
                WHEN counts.word <> 'prompts' AND all_sets.mismatch_reason IS NOT NULL THEN all_sets.mismatch_reason
                WHEN counts.word = 'classifications' AND class_counts.classifications = 0
                    THEN 'This source has no classifications.'
            END AS reason,
            all_sets.mismatch_reason
        FROM all_sets
        CROSS JOIN class_counts
        CROSS JOIN (
            VALUES ('prompts'), ('images'), ('pairs'), ('strict pairs'), ('compared pairs'), ('classifications')
        ) AS counts (word)
    ),

    all_values AS (
        SELECT
            concat(facts.word, ', all splits') AS quantity,
            CASE
                WHEN all_sets.missing_reason IS NULL AND all_sets.mismatch_reason IS NULL THEN facts.number
            END AS computed,
            coalesce(all_sets.missing_reason, all_sets.mismatch_reason) AS reason
        FROM facts
        INNER JOIN all_sets ON all_sets.name_suffix = ', all splits'
        UNION ALL
        SELECT
            counted.quantity,
            CASE WHEN counted.reason IS NULL THEN cast(counted.number AS DOUBLE) END AS computed,
            coalesce(counted.reason, counted.mismatch_reason) AS reason
        FROM counted
        UNION ALL
        SELECT *
        FROM computed_scorer_values()
        UNION ALL
        SELECT
            'prompts behind recall and filter' AS quantity,
            cast(NULL AS DOUBLE) AS computed,
            'The paper''s test set of 371 prompts is lost.' AS reason
    )

    SELECT
        all_values.quantity,
        all_values.computed,
        CASE
            WHEN all_values.computed IS NULL THEN all_values.reason
            ELSE nullif(concat_ws(' ', all_values.reason, left_out.note), '')
        END AS reason
    FROM all_values
    SEMI JOIN published_values ON all_values.quantity = published_values.quantity
    CROSS JOIN left_out
