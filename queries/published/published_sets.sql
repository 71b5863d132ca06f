-- name: published_sets
-- One row a set of prompts that figures are published of, with its counts here and why it is not whole, if it is not.
-- A set is a split, or train of a subset. It is whole if all its parts are there, or, where it is a split, if no path names a
-- part, as in ranking files. missing and other_prompts are sentences, NULL where nothing is missing and where there are as
-- many prompts as published: a set that fails either is not the published one, so its other counts compare to nothing.
-- returns: place, set_name, split, prompts, images, pairs, strict_pairs, missing, other_prompts
-- reads: images, pair_counts, published_figures
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

    found_parts AS (
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
            published_figures.published_text,
            published_figures.published,
            published_figures.half_unit
        FROM listed
        INNER JOIN published_figures ON concat('prompts of ', listed.set_name) = published_figures.figure
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
            WHEN found_parts.split_images IS NULL THEN concat('This source has no ', listed.split, '.')
            WHEN found_parts.images_with_part = 0 AND listed.subset = '' THEN NULL
            WHEN found_parts.images_with_part = 0
                THEN concat('No image path of ', listed.split, ' names a part here, and a subset is made of parts.')
            WHEN found_parts.parts < listed.parts
                THEN
                    concat(
                        'This source has ', found_parts.parts, ' of the ', listed.parts,
                        ' parts of ', listed.set_name, '.'
                    )
        END AS missing,
        CASE
            WHEN abs(coalesce(counted.prompts, 0) - published_prompts.published) > published_prompts.half_unit
                THEN
                    concat(
                        'Prompts differ: ', format('{:,}', coalesce(counted.prompts, 0)), ' in ', listed.set_name,
                        ' here, ', published_prompts.published_text,
                        ' published, so this is not that set, or not all of it.'
                    )
        END AS other_prompts
    FROM listed
    INNER JOIN published_prompts ON listed.place = published_prompts.place
    LEFT JOIN found_parts ON listed.place = found_parts.place
    LEFT JOIN counted ON listed.split = counted.split AND listed.subset = counted.subset
