-- name: published_values
-- One row per value in the dataset card or the ImageReward paper that this data can be compared with.
-- published is published_text as a number, half_unit half of its last printed digit: a computed value that differs by no more is
-- equal. For a sum of printed values, the half units are added. Accuracies, recall and filter are in percent. explanation says how a
-- value is counted, or why a difference is to be expected.
-- returns: place INTEGER, source VARCHAR, quantity VARCHAR, published_text VARCHAR, published DOUBLE, half_unit DOUBLE, explanation VARCHAR
-- important: quantity, published_text, explanation, source
-- source: dataset card of ImageRewardDB; ImageReward paper, arXiv 2304.05977; README of HPSv2
CREATE OR REPLACE VIEW published_values AS
WITH dataset_values AS (
    SELECT
        listed.place,
        listed.source,
        listed.quantity,
        listed.published_text,
        cast(listed.published AS DOUBLE) AS published,
        cast(listed.half_unit AS DOUBLE) AS half_unit,
        listed.explanation
    FROM (
        VALUES
        (
            1,
            'dataset card',
            'images, all splits',
            '62.6K',
            62600,
            50,
            concat(
                'The card''s own table sums to about 55.2K. ',
                'An earlier card lists 62.6K as the images of train alone, and 3.2K and 3.4K of the other splits.'
            )
        ),
        (
            2,
            'dataset card, sum of its table',
            'images, sum of the table',
            '49.9K + 2.6K + 2.7K',
            55200,
            150,
            'About 55.2K: subset 8k of train, validation and test, against the card''s 62.6K.'
        ),
        (
            3,
            'dataset card, sum of its table',
            'pairs, sum of the table',
            '141.1K + 7.32K + 7.23K',
            155650,
            60,
            'About 155.7K: subset 8k of train, validation and test, with ties; the paper''s 137k are strict pairs.'
        ),
        (
            4,
            'dataset card, table of subsets',
            'pairs of train, subset 1k',
            '17.6K',
            17600,
            50,
            'With ties; the subset is the first 4 parts of train.'
        ),
        (
            5,
            'dataset card, table of subsets',
            'images of train, subset 1k',
            '6.2K',
            6200,
            50,
            'The subset is the first 4 parts of train.'
        ),
        (
            6,
            'dataset card, table of subsets',
            'prompts of train, subset 1k',
            '1K',
            1000,
            500,
            'Counted by prompt_id; the subset is the first 4 parts of train.'
        ),
        (
            7,
            'dataset card, table of subsets',
            'pairs of train, subset 2k',
            '35.5K',
            35500,
            50,
            'With ties; the subset is the first 8 parts of train.'
        ),
        (
            8,
            'dataset card, table of subsets',
            'images of train, subset 2k',
            '12.5K',
            12500,
            50,
            'The subset is the first 8 parts of train.'
        ),
        (
            9,
            'dataset card, table of subsets',
            'prompts of train, subset 2k',
            '2K',
            2000,
            500,
            'Counted by prompt_id; the subset is the first 8 parts of train.'
        ),
        (
            10,
            'dataset card, table of subsets',
            'pairs of train, subset 4k',
            '71.0K',
            71000,
            50,
            'With ties; the subset is the first 16 parts of train.'
        ),
        (
            11,
            'dataset card, table of subsets',
            'images of train, subset 4k',
            '25.1K',
            25100,
            50,
            'The subset is the first 16 parts of train.'
        ),
        (
            12,
            'dataset card, table of subsets',
            'prompts of train, subset 4k',
            '4K',
            4000,
            500,
            'Counted by prompt_id; the subset is the first 16 parts of train.'
        ),
        (
            13,
            'dataset card, table of subsets',
            'pairs of train, subset 8k',
            '141.1K',
            141100,
            50,
            'With ties; the subset is the first 32 parts of train.'
        ),
        (
            14,
            'dataset card, table of subsets',
            'images of train, subset 8k',
            '49.9K',
            49900,
            50,
            'The subset is the first 32 parts of train.'
        ),
        (
            15,
            'dataset card, table of subsets',
            'prompts of train, subset 8k',
            '8K',
            8000,
            500,
            'Counted by prompt_id; the subset is the first 32 parts of train.'
        ),
        (
            16,
            'dataset card',
            'prompts of train',
            '8,000',
            8000,
            0.5,
            'Counted by prompt_id, as one text can have several.'
        ),
        (
            17,
            'dataset card, table of subsets',
            'pairs of validation',
            '7.32K',
            7320,
            5,
            'With ties; same in every subset.'
        ),
        (18, 'dataset card, table of subsets', 'images of validation', '2.6K', 2600, 50, 'The same in every subset.'),
        (
            19,
            'dataset card, table of subsets',
            'prompts of validation',
            '412',
            412,
            0.5,
            'Counted by prompt_id, as one text can have several.'
        ),
        (20, 'dataset card, table of subsets', 'pairs of test', '7.23K', 7230, 5, 'With ties; same in every subset.'),
        (21, 'dataset card, table of subsets', 'images of test', '2.7K', 2700, 50, 'The same in every subset.'),
        (
            22,
            'dataset card, table of subsets',
            'prompts of test',
            '466',
            466,
            0.5,
            'Counted by prompt_id, as one text can have several.'
        ),
        (
            23,
            'paper, arXiv 2304.05977',
            'strict pairs, all splits',
            '137k',
            137000,
            500,
            'The paper counts without ties, the card''s 155.7K with ties. Our inference: it means all splits.'
        ),
        (
            24,
            'paper, arXiv 2304.05977',
            'strict pairs of test',
            '6,399',
            6399,
            0.5,
            'The paper counts without ties, and the card''s 7.23K with ties.'
        ),
        (
            25,
            'paper, arXiv 2304.05977',
            'classifications, all splits',
            '12',
            12,
            0.5,
            'A classification that is spelt in two ways counts twice.'
        ),
        (
            26,
            'paper, arXiv 2304.05977, table 3 and appendix C.2',
            'prompts behind recall and filter',
            '371',
            371,
            0.5,
            concat(
                'An earlier version of the paper says 317 prompts, with the same values. Our arithmetic: ',
                'all 24 printed values are whole shares of 371 and of no smaller number; of 317 one is.'
            )
        ),
        (
            55,
            'paper, arXiv 2304.05977, section 2.1',
            'prompts, all splits',
            '8,878',
            8878,
            0.5,
            '8,000 of train, 412 of validation and 466 of test; counted by prompt_id.'
        ),
        (
            56,
            'paper, arXiv 2304.05977, section 4.1',
            'compared pairs, all splits',
            '136,892',
            136892,
            0.5,
            'Strict pairs; elsewhere in the paper they are 137k.'
        ),
        (
            57,
            'paper, arXiv 2304.05977, appendix A.4',
            'prompts of People, all splits',
            '3,360',
            3360,
            0.5,
            'The classification is compared as it is spelt here.'
        ),
        (
            58,
            'paper, arXiv 2304.05977, appendix A.4',
            'prompts of Arts, all splits',
            '2,407',
            2407,
            0.5,
            'The classification is compared as it is spelt here.'
        ),
        (
            59,
            'paper, arXiv 2304.05977, appendix A.4',
            'prompts of Outdoor Scenes, all splits',
            '1,189',
            1189,
            0.5,
            'The classification is compared as it is spelt here.'
        ),
        (
            60,
            'paper, arXiv 2304.05977, appendix A.4',
            'prompts of Artifacts, all splits',
            '831',
            831,
            0.5,
            'The classification is compared as it is spelt here.'
        ),
        (
            61,
            'paper, arXiv 2304.05977, appendix A.4',
            'prompts of Animals, all splits',
            '413',
            413,
            0.5,
            'The classification is compared as it is spelt here.'
        ),
        (
            62,
            'paper, arXiv 2304.05977, section 2.1',
            'fewest images of a prompt, all splits',
            '4',
            4,
            0.5,
            'The paper: 4 to 9 images a prompt.'
        ),
        (
            63,
            'paper, arXiv 2304.05977, section 2.1',
            'most images of a prompt, all splits',
            '9',
            9,
            0.5,
            'The paper: 4 to 9 images a prompt.'
        ),
        (
            64,
            'paper, arXiv 2304.05977, appendix A.3',
            'most images of a prompt at one rank, all splits',
            '2',
            2,
            0.5,
            'The tool had five slots of at most two images.'
        ),
        (
            65,
            'paper, arXiv 2304.05977, appendix B.3',
            'strict pairs whose better image is rated lower, all splits',
            '0',
            0,
            0.5,
            'Our inference: the tool let no rating contradict a rank, so there should be no rating_conflicts.'
        )
    ) AS listed (place, source, quantity, published_text, published, half_unit, explanation)
),

scorer_values AS (
    SELECT
        listed.place,
        listed.scorer,
        listed.metric,
        listed.published_text
    FROM (
        VALUES
        (27, 'CLIP Score', 'acc_micro', '54.82'),
        (28, 'Aesthetic Score', 'acc_micro', '57.35'),
        (29, 'BLIP Score', 'acc_micro', '57.76'),
        (30, 'ImageReward', 'acc_micro', '65.14'),
        (31, 'CLIP Score', 'recall@1', '27.22'),
        (32, 'Aesthetic Score', 'recall@1', '30.73'),
        (33, 'BLIP Score', 'recall@1', '30.73'),
        (34, 'ImageReward', 'recall@1', '39.62'),
        (35, 'CLIP Score', 'recall@2', '48.52'),
        (36, 'Aesthetic Score', 'recall@2', '53.91'),
        (37, 'BLIP Score', 'recall@2', '50.67'),
        (38, 'ImageReward', 'recall@2', '63.07'),
        (39, 'CLIP Score', 'recall@4', '78.17'),
        (40, 'Aesthetic Score', 'recall@4', '75.74'),
        (41, 'BLIP Score', 'recall@4', '77.63'),
        (42, 'ImageReward', 'recall@4', '90.84'),
        (43, 'CLIP Score', 'filter@1', '29.65'),
        (44, 'Aesthetic Score', 'filter@1', '32.08'),
        (45, 'BLIP Score', 'filter@1', '33.42'),
        (46, 'ImageReward', 'filter@1', '49.06'),
        (47, 'CLIP Score', 'filter@2', '51.75'),
        (48, 'Aesthetic Score', 'filter@2', '54.45'),
        (49, 'BLIP Score', 'filter@2', '56.33'),
        (50, 'ImageReward', 'filter@2', '70.89'),
        (51, 'CLIP Score', 'filter@4', '76.82'),
        (52, 'Aesthetic Score', 'filter@4', '76.55'),
        (53, 'BLIP Score', 'filter@4', '80.59'),
        (54, 'ImageReward', 'filter@4', '88.95'),
        (66, 'HPS', 'acc_micro', '60.79'),
        (67, 'PickScore', 'acc_micro', '62.78'),
        (68, 'ImageReward', 'acc_macro', '65.1'),
        (69, 'HPS', 'acc_macro', '61.2'),
        (70, 'PickScore', 'acc_macro', '62.9'),
        (71, 'HPS v2', 'acc_macro', '65.7'),
        (72, 'HPS v2.1', 'acc_macro', '66.8')
    ) AS listed (place, scorer, metric, published_text)
)

SELECT *
FROM dataset_values
UNION ALL
SELECT
    place,
    CASE
        WHEN metric = 'acc_macro' THEN 'README of HPSv2'
        WHEN scorer IN ('HPS', 'PickScore') THEN 'paper, arXiv 2304.05977, appendix D'
        ELSE 'paper, arXiv 2304.05977, table 3'
    END AS source,
    CASE
        WHEN metric = 'acc_micro' THEN concat('accuracy of ', scorer, ' on test')
        WHEN metric = 'acc_macro' THEN concat('accuracy of ', scorer, ' on test, mean over prompts')
        ELSE concat(metric, ' of ', scorer)
    END AS quantity,
    published_text,
    cast(published_text AS DOUBLE) AS published,
    cast(CASE WHEN metric = 'acc_macro' THEN 0.05 ELSE 0.005 END AS DOUBLE) AS half_unit,
    CASE
        WHEN metric = 'acc_micro'
            THEN
                'Compared as acc_micro, as in test.py of the ImageReward repository. The caption of table 3 says '
                || 'averaged per prompt, which would be acc_macro; but all eight accuracies that the paper prints are '
                || 'whole shares of 6,399 strict pairs.'
        WHEN metric = 'acc_macro'
            THEN 'Compared as acc_macro: the evaluation of HPSv2 takes the mean over prompts of right pairs.'
        ELSE 'In percent of 371 prompts of 8 images.'
    END AS explanation
FROM scorer_values
