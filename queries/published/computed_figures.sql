-- name: computed_figures
-- Each of the published figures, as this data gives it; NULL with the reason where the data cannot speak to it.
-- A count is given only of a published set that is whole and has as many prompts as published, and a count of prompts of
-- any that is whole. Where images are left out, reason says so.
-- returns: figure, computed, reason
-- reads: published_sets, published_figures, computed_scorer_figures, images, left_out_images
-- source: view published_figures
CREATE OR REPLACE MACRO computed_figures() AS TABLE
    WITH sets AS (
        SELECT *
        FROM published_sets()
    ),

    all_sets AS (
        SELECT
            concat(' of ', set_name) AS set_words,
            prompts,
            images,
            pairs,
            strict_pairs,
            missing,
            other_prompts
        FROM sets
        UNION ALL
        SELECT
            sums.set_words,
            cast(sum(sets.prompts) AS BIGINT) AS prompts,
            cast(sum(sets.images) AS BIGINT) AS images,
            cast(sum(sets.pairs) AS BIGINT) AS pairs,
            cast(sum(sets.strict_pairs) AS BIGINT) AS strict_pairs,
            nullif(
                concat_ws(
                    ' ',
                    max(CASE WHEN sets.set_name = 'train' THEN sets.missing END),
                    max(CASE WHEN sets.set_name = 'validation' THEN sets.missing END),
                    max(CASE WHEN sets.set_name = 'test' THEN sets.missing END)
                ),
                ''
            ) AS missing,
            nullif(
                concat_ws(
                    ' ',
                    max(CASE WHEN sets.set_name = 'train' THEN sets.other_prompts END),
                    max(CASE WHEN sets.set_name = 'validation' THEN sets.other_prompts END),
                    max(CASE WHEN sets.set_name = 'test' THEN sets.other_prompts END)
                ),
                ''
            ) AS other_prompts
        FROM sets
        CROSS JOIN (VALUES (', all splits'), (', sum of the table')) AS sums (set_words)
        WHERE sets.set_name IN ('train', 'validation', 'test')
        GROUP BY sums.set_words
    ),

    spelt AS (
        SELECT count(DISTINCT classification) AS classifications
        FROM images
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
            concat(counts.word, all_sets.set_words) AS figure,
            CASE counts.word
                WHEN 'prompts' THEN all_sets.prompts
                WHEN 'images' THEN all_sets.images
                WHEN 'pairs' THEN all_sets.pairs
                WHEN 'strict pairs' THEN all_sets.strict_pairs
                WHEN 'classifications' THEN nullif(spelt.classifications, 0)
            END AS number,
            CASE
                WHEN all_sets.missing IS NOT NULL THEN all_sets.missing
                WHEN counts.word <> 'prompts' AND all_sets.other_prompts IS NOT NULL THEN all_sets.other_prompts
                WHEN counts.word = 'classifications' AND spelt.classifications = 0
                    THEN 'This source has no classifications.'
            END AS reason,
            all_sets.other_prompts
        FROM all_sets
        CROSS JOIN spelt
        CROSS JOIN (
            VALUES ('prompts'), ('images'), ('pairs'), ('strict pairs'), ('classifications')
        ) AS counts (word)
    ),

    figures AS (
        SELECT
            counted.figure,
            CASE WHEN counted.reason IS NULL THEN cast(counted.number AS DOUBLE) END AS computed,
            coalesce(counted.reason, counted.other_prompts) AS reason
        FROM counted
        UNION ALL
        SELECT *
        FROM computed_scorer_figures()
        UNION ALL
        SELECT
            'prompts behind recall and filter' AS figure,
            cast(NULL AS DOUBLE) AS computed,
            'The paper''s test set of 371 prompts is lost.' AS reason
    )

    SELECT
        figures.figure,
        figures.computed,
        CASE
            WHEN figures.computed IS NULL THEN figures.reason
            ELSE nullif(concat_ws(' ', figures.reason, left_out.note), '')
        END AS reason
    FROM figures
    SEMI JOIN published_figures ON figures.figure = published_figures.figure
    CROSS JOIN left_out
