-- name: confound_terms
-- One row per scorer, covariate and group of units: sums of products of ranks, of which correlations are made.
-- Ranks are those within the group, the average for ties, minus their mean, divided by the number of units plus 1, so that groups of
-- different sizes can be pooled (van Elteren 1960); each is doubled, which no correlation shows. score_covariate is the sum of rank by
-- score times rank by covariate, and so on. A group of one unit has no row. See confound_units for what is compared.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: scorer VARCHAR, split VARCHAR, covariate VARCHAR, unit VARCHAR, group_row BIGINT, units BIGINT, images BIGINT, score_covariate DOUBLE, score_people DOUBLE, people_covariate DOUBLE, score_score DOUBLE, people_people DOUBLE, covariate_covariate DOUBLE
-- reads: confound_units
-- source: Spearman 1904; van Elteren 1960, On the combination of independent two-sample tests of Wilcoxon
CREATE OR REPLACE MACRO confound_terms(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    WITH placed AS (
        SELECT
            *,
            count(*) OVER (PARTITION BY scorer, unit, group_row) AS units,
            rank() OVER (PARTITION BY scorer, unit, group_row ORDER BY score_value) AS score_place,
            count(*) OVER (
                PARTITION BY scorer, unit, group_row
                ORDER BY score_value
                RANGE BETWEEN CURRENT ROW AND CURRENT ROW
            ) AS same_score,
            rank() OVER (PARTITION BY scorer, unit, group_row ORDER BY people_value) AS people_place,
            count(*) OVER (
                PARTITION BY scorer, unit, group_row
                ORDER BY people_value
                RANGE BETWEEN CURRENT ROW AND CURRENT ROW
            ) AS same_people
        FROM confound_units(in_split, in_subset)
    ),

    -- Twice the average rank minus the mean of ranks: units below minus units above. A HUGEINT, as products are summed.
    valued AS (
        SELECT
            placed.scorer,
            placed.split,
            covariates.covariate,
            placed.unit,
            placed.group_row,
            placed.units,
            placed.images,
            cast(2 * placed.score_place - 2 + placed.same_score - placed.units AS HUGEINT) AS score_rank,
            cast(2 * placed.people_place - 2 + placed.same_people - placed.units AS HUGEINT) AS people_rank,
            CASE covariates.covariate
                WHEN 'file_size' THEN cast(placed.file_size AS DOUBLE)
                WHEN 'pixels' THEN placed.pixels
                WHEN 'brightness' THEN placed.brightness
                WHEN 'saturation' THEN placed.saturation
                WHEN 'sharpness' THEN placed.sharpness
                WHEN 'entropy' THEN placed.entropy
                WHEN 'prompt_length' THEN cast(placed.prompt_length AS DOUBLE)
            END AS covariate_value
        FROM placed
        INNER JOIN (
            VALUES
            ('image', 'file_size'), ('image', 'pixels'), ('image', 'brightness'), ('image', 'saturation'),
            ('image', 'sharpness'), ('image', 'entropy'), ('prompt', 'prompt_length')
        ) AS covariates (unit, covariate) ON placed.unit = covariates.unit
        WHERE placed.units > 1
    ),

    ranks AS (
        SELECT
            *,
            cast(
                2 * rank() OVER (PARTITION BY scorer, covariate, group_row ORDER BY covariate_value) - 2
                + count(*) OVER (
                    PARTITION BY scorer, covariate, group_row
                    ORDER BY covariate_value
                    RANGE BETWEEN CURRENT ROW AND CURRENT ROW
                ) - units AS HUGEINT
            ) AS covariate_rank,
            cast(units + 1 AS DOUBLE) * (units + 1) AS scale
        FROM valued
    )

    SELECT
        scorer,
        split,
        covariate,
        unit,
        group_row,
        units,
        cast(sum(images) AS BIGINT) AS images,
        cast(sum(score_rank * covariate_rank) AS DOUBLE) / scale AS score_covariate,
        cast(sum(score_rank * people_rank) AS DOUBLE) / scale AS score_people,
        cast(sum(people_rank * covariate_rank) AS DOUBLE) / scale AS people_covariate,
        cast(sum(score_rank * score_rank) AS DOUBLE) / scale AS score_score,
        cast(sum(people_rank * people_rank) AS DOUBLE) / scale AS people_people,
        cast(sum(covariate_rank * covariate_rank) AS DOUBLE) / scale AS covariate_covariate
    FROM ranks
    GROUP BY scorer, split, covariate, unit, group_row, units, scale
