-- name: computed_scorer_values
-- The published values of scorers, in percent, from scores of the same name; NULL with a reason where impossible.
-- Names are compared without case, spaces, underscores and hyphens. Accuracy is acc_micro, or acc_macro where it is a
-- mean over prompts, and the reason adds the other; a scorer
-- without a score for an image of a strict pair of test is not compared. recall and filter have no value, as the prompts of the
-- published ones are lost; the reason says what they are on test.
-- returns: quantity VARCHAR, computed DOUBLE, reason VARCHAR
-- reads: published_sets, score_rows, scorer_metrics
-- source: ImageReward paper, arXiv 2304.05977, table 3
CREATE OR REPLACE MACRO computed_scorer_values() AS TABLE
    WITH named AS (
        SELECT
            scorers.scorer_name,
            metric_names.metric_name
        FROM (
            VALUES ('CLIP Score'), ('Aesthetic Score'), ('BLIP Score'), ('ImageReward')
        ) AS scorers (scorer_name)
        CROSS JOIN (
            VALUES
            ('acc_micro'), ('recall@1'), ('recall@2'), ('recall@4'), ('filter@1'), ('filter@2'), ('filter@4')
        ) AS metric_names (metric_name)
        UNION ALL
        SELECT
            others.scorer_name,
            others.metric_name
        FROM (
            VALUES
            ('HPS', 'acc_micro'), ('PickScore', 'acc_micro'), ('ImageReward', 'acc_macro'), ('HPS', 'acc_macro'),
            ('PickScore', 'acc_macro'), ('HPS v2', 'acc_macro'), ('HPS v2.1', 'acc_macro')
        ) AS others (scorer_name, metric_name)
    ),

    listed AS (
        SELECT
            scorer_name,
            metric_name,
            CASE
                WHEN metric_name = 'acc_micro' THEN concat('accuracy of ', scorer_name, ' on test')
                WHEN metric_name = 'acc_macro' THEN concat('accuracy of ', scorer_name, ' on test, mean over prompts')
                ELSE concat(metric_name, ' of ', scorer_name)
            END AS quantity
        FROM named
    ),

    test_set AS (
        SELECT
            coalesce(missing_reason, mismatch_reason) AS set_reason,
            strict_pairs AS test_pairs
        FROM published_sets()
        WHERE set_name = 'test'
    ),

    given_scorers AS (
        SELECT DISTINCT cast(scorer AS VARCHAR) AS given_name
        FROM score_rows
    ),

    candidates AS (
        SELECT
            lower(replace(replace(replace(given_name, ' ', ''), '_', ''), '-', '')) AS simple_name,
            count(*) AS scorers,
            min(given_name) AS given_name
        FROM given_scorers
        GROUP BY simple_name
    ),

    on_test AS (
        SELECT
            cast(scorer AS VARCHAR) AS given_name,
            metric,
            100 * value AS percent,
            max(CASE WHEN metric = 'acc_macro' THEN 100 * value END) OVER (PARTITION BY scorer) AS macro_percent,
            max(CASE WHEN metric = 'acc_micro' THEN 100 * value END) OVER (PARTITION BY scorer) AS micro_percent,
            max(CASE WHEN metric = 'acc_micro' THEN pairs END) OVER (PARTITION BY scorer) AS scored_pairs
        FROM scorer_metrics('test')
    ),

    matched AS (
        SELECT
            listed.quantity,
            listed.metric_name,
            on_test.percent,
            on_test.macro_percent,
            on_test.micro_percent,
            CASE
                WHEN test_set.set_reason IS NOT NULL THEN test_set.set_reason
                WHEN candidates.scorers IS NULL
                    THEN concat('No scores of a scorer named ', listed.scorer_name, ' are given.')
                WHEN candidates.scorers > 1
                    THEN concat('Scores of ', candidates.scorers, ' scorers named ', listed.scorer_name, ' are given.')
                WHEN test_set.test_pairs = 0 THEN 'Test has no strict pair here.'
                WHEN coalesce(on_test.scored_pairs, 0) < test_set.test_pairs
                    THEN
                        concat(
                            listed.scorer_name, ' has scores for ', format('{:,}', coalesce(on_test.scored_pairs, 0)),
                            ' of the ', format('{:,}', test_set.test_pairs), ' strict pairs of test.'
                        )
            END AS reason
        FROM listed
        CROSS JOIN test_set
        LEFT JOIN candidates ON lower(replace(listed.scorer_name, ' ', '')) = candidates.simple_name
        LEFT JOIN on_test
            ON candidates.given_name = on_test.given_name AND listed.metric_name = on_test.metric
    )

    SELECT
        quantity,
        CASE WHEN metric_name IN ('acc_micro', 'acc_macro') AND reason IS NULL THEN percent END AS computed,
        CASE
            WHEN metric_name = 'acc_micro' AND reason IS NULL
                THEN concat('acc_macro is ', format('{:.2f}', macro_percent), '.')
            WHEN metric_name = 'acc_macro' AND reason IS NULL
                THEN concat('acc_micro is ', format('{:.2f}', micro_percent), '.')
            WHEN metric_name IN ('acc_micro', 'acc_macro') THEN reason
            WHEN reason IS NULL
                THEN
                    concat(
                        'The paper''s test set of 371 prompts is lost; on test it is ', format('{:.2f}', percent), '.'
                    )
            ELSE 'The paper''s test set of 371 prompts is lost.'
        END AS reason
    FROM matched
