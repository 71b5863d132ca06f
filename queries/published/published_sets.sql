-- name: published_sets
-- One row per published set of prompts, with its counts in this data and whether it is complete.
-- A set is a split, or train of a subset. It is complete if all its parts are there, or, for a split, if no path names a part, as in
-- ranking files. missing_reason is a sentence if it is not complete, mismatch_reason if it has another number of prompts than
-- published, both else NULL: only a set with neither can be compared with the published one.
-- returns: place INTEGER, set_name VARCHAR, split VARCHAR, prompts BIGINT, images BIGINT, pairs BIGINT, strict_pairs BIGINT, missing_reason VARCHAR, mismatch_reason VARCHAR
-- reads: images, pair_counts, published_values
-- source: dataset card of ImageRewardDB
CREATE OR REPLACE MACRO published_sets() AS TABLE
    WITH listed AS (
        SELECT
            sets.*,
            CASE WHEN sets.subset = '' THEN sets.split ELSE concat(sets.split, ', subset ', sets.subset) END AS set_name
        FROM (
            VALUES
            (1, 'train', '1k', 4),
            (2, 'train', '2k', 8),
            (3, 'train', '4k', 16),
            (4, 'train', '8k', 32),
            (5, 'train', '', 32),
            (6, 'validation', '', 2),
            (7, 'test', '', 2)
        ) AS sets (place, split, subset, parts)
    ),

    part_counts AS (
        SELECT
            listed.place,
            count(*) AS split_images,
            count(images.part) AS images_with_part,
            count(DISTINCT CASE WHEN images.part BETWEEN 1 AND listed.parts THEN images.part END) AS parts
        FROM listed
        INNER JOIN images ON listed.split = images.split
        GROUP BY listed.place
    ),

    counted AS (
        SELECT
            '' AS subset,
            *
        FROM pair_counts()
        UNION ALL
        SELECT
            '1k' AS subset,
            *
        FROM pair_counts('train', '1k')
        UNION ALL
        SELECT
            '2k' AS subset,
            *
        FROM pair_counts('train', '2k')
        UNION ALL
        SELECT
            '4k' AS subset,
            *
        FROM pair_counts('train', '4k')
        UNION ALL
        SELECT
            '8k' AS subset,
            *
        FROM pair_counts('train', '8k')
    ),

    published_prompts AS (
        SELECT
            listed.place,
            published_values.published_text,
            published_values.published,
            published_values.half_unit
        FROM listed
        INNER JOIN published_values ON concat('prompts of ', listed.set_name) = published_values.quantity
    )

    SELECT
        listed.place,
        listed.set_name,
        listed.split,
        coalesce(counted.prompts, 0) AS prompts,
        coalesce(counted.images, 0) AS images,
        coalesce(counted.pairs, 0) AS pairs,
        coalesce(counted.strict_pairs, 0) AS strict_pairs,
        CASE
            WHEN part_counts.split_images IS NULL THEN concat('This source has no ', listed.split, '.')
            WHEN part_counts.images_with_part = 0 AND listed.subset = '' THEN NULL
            WHEN part_counts.images_with_part = 0
                THEN concat('No image path of ', listed.split, ' names a part here, and a subset is made of parts.')
            WHEN part_counts.parts < listed.parts
                THEN
                    concat(
                        'This source has ', part_counts.parts, ' of the ', listed.parts,
                        ' parts of ', listed.set_name, '.'
                    )
        END AS missing_reason,
        CASE
            WHEN abs(coalesce(counted.prompts, 0) - published_prompts.published) > published_prompts.half_unit
                THEN
                    concat(
                        'Prompts differ: ', format('{:,}', coalesce(counted.prompts, 0)), ' in ', listed.set_name,
                        ' here, ', published_prompts.published_text,
                        ' published, so this is not that set, or not all of it.'
                    )
        END AS mismatch_reason
    FROM listed
    INNER JOIN published_prompts ON listed.place = published_prompts.place
    LEFT JOIN part_counts ON listed.place = part_counts.place
    LEFT JOIN counted ON listed.split = counted.split AND listed.subset = counted.subset
