-- name: metrics
-- The metrics of a scorer: what each is a share or mean of, and where its definition comes from.
-- Best images share the lowest rank of a prompt, worst images the highest; there may be several. recall looks for best images
-- among the k highest scores and filter for worst images among the k lowest, in three readings: any of them, the fraction
-- of them (frac), and any of them in prompts that have only one (unique).
-- of_pairs tells which are about single pairs, and so can be told by rank gap.
-- returns: place, metric, of_pairs, unit, meaning, source
-- query: metrics
-- question: Which metrics of a scorer are there, and what is each a share or mean of?
-- order: place
CREATE OR REPLACE VIEW metrics AS
SELECT
    listed.place,
    listed.metric,
    listed.place <= 4 AS of_pairs,
    listed.unit,
    listed.meaning,
    listed.source
FROM (
    VALUES
    (
        1,
        'acc_micro',
        'strict pairs',
        'strict pairs whose better image has the higher score; a scorer''s tie is wrong',
        'test.py of the ImageReward repository'
    ),
    (
        2,
        'acc_macro',
        'prompts with a strict pair',
        'mean over prompts of the share of their strict pairs whose better image has the higher score',
        'evaluation of ImageReward in HPSv2'
    ),
    (
        3,
        'acc_eq',
        'pairs',
        'pairs, ties in, on which scorer and people agree; scores that differ by epsilon or less are a tie',
        'Deutsch et al. 2023, arXiv 2305.14324'
    ),
    (4, 'scorer_ties', 'strict pairs', 'strict pairs whose images have the same score', ''),
    (
        5,
        'tau_b',
        'prompts where it exists',
        'mean over prompts of Kendall''s tau-b of ranks and scores',
        'Kendall 1945'
    ),
    (
        6,
        'spearman',
        'prompts where it exists',
        'mean over prompts of Spearman''s rank correlation of ranks and scores',
        'Spearman 1904'
    ),
    (
        7,
        'inversion',
        'prompts with a pair',
        'mean over prompts of 1 less the share of their pairs, ties in, whose worse image has the higher score',
        'evaluation on HPDv2 in HPSv2'
    ),
    (
        8,
        'best_of_n',
        'prompts',
        'mean over prompts of 1 / n where a best image has the highest score and n images share that, else 0',
        'RewardBench 2, arXiv 2506.01937'
    ),
    (
        9,
        'recall@1',
        'prompts',
        'prompts with a best image that has the highest score',
        'ImageReward paper, arXiv 2304.05977, appendix C.2'
    ),
    (10, 'recall@2', 'prompts', 'prompts with a best image among the 2 highest scores', 'as recall@1'),
    (11, 'recall@4', 'prompts', 'prompts with a best image among the 4 highest scores', 'as recall@1'),
    (
        12,
        'recall_frac@1',
        'prompts',
        'mean over prompts of the share of best images that have the highest score',
        'as recall@1'
    ),
    (
        13,
        'recall_frac@2',
        'prompts',
        'mean over prompts of the share of best images among the 2 highest scores',
        'as recall@1'
    ),
    (
        14,
        'recall_frac@4',
        'prompts',
        'mean over prompts of the share of best images among the 4 highest scores',
        'as recall@1'
    ),
    (
        15,
        'recall_unique@1',
        'prompts with one best image',
        'prompts whose only best image has the highest score',
        'as recall@1'
    ),
    (
        16,
        'recall_unique@2',
        'prompts with one best image',
        'prompts whose only best image is among the 2 highest scores',
        'as recall@1'
    ),
    (
        17,
        'recall_unique@4',
        'prompts with one best image',
        'prompts whose only best image is among the 4 highest scores',
        'as recall@1'
    ),
    (18, 'filter@1', 'prompts', 'prompts with a worst image that has the lowest score', 'as recall@1'),
    (19, 'filter@2', 'prompts', 'prompts with a worst image among the 2 lowest scores', 'as recall@1'),
    (20, 'filter@4', 'prompts', 'prompts with a worst image among the 4 lowest scores', 'as recall@1'),
    (
        21,
        'filter_frac@1',
        'prompts',
        'mean over prompts of the share of worst images that have the lowest score',
        'as recall@1'
    ),
    (
        22,
        'filter_frac@2',
        'prompts',
        'mean over prompts of the share of worst images among the 2 lowest scores',
        'as recall@1'
    ),
    (
        23,
        'filter_frac@4',
        'prompts',
        'mean over prompts of the share of worst images among the 4 lowest scores',
        'as recall@1'
    ),
    (
        24,
        'filter_unique@1',
        'prompts with one worst image',
        'prompts whose only worst image has the lowest score',
        'as recall@1'
    ),
    (
        25,
        'filter_unique@2',
        'prompts with one worst image',
        'prompts whose only worst image is among the 2 lowest scores',
        'as recall@1'
    ),
    (
        26,
        'filter_unique@4',
        'prompts with one worst image',
        'prompts whose only worst image is among the 4 lowest scores',
        'as recall@1'
    )
) AS listed (place, metric, unit, meaning, source)
