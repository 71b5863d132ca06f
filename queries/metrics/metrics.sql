-- name: metrics
-- One row per number that compares scorers, judges or generators with people: what it means, its range, and what computes it.
-- computed_by is the query, macro or method of that name; metric is its column, or of evaluate the value of its column metric.
-- unit is what the number is a share or mean of. lowest and highest bound it, NULL where nothing does. higher_is_better is
-- NULL where neither a high nor a low value is better. chance is the value of scores, verdicts or votes that know nothing: of equal
-- scores for losses, else of random ones; NULL where it depends on the data (evaluate then has it in its column chance) or where there is none.
-- The rules of published scripts are in the view protocols, and the terms of the metrics of evaluate in evaluated_metrics.
-- returns: place INTEGER, metric VARCHAR, computed_by VARCHAR, meaning VARCHAR, unit VARCHAR, lowest DOUBLE, highest DOUBLE, higher_is_better BOOLEAN, chance DOUBLE, source VARCHAR
-- important: metric, computed_by, meaning
-- start with: yes
-- reads: evaluated_metrics
-- query: metrics
-- question: Which numbers are there about scorers, judges and generators, what does each mean, and what computes it?
-- order: place
CREATE OR REPLACE VIEW metrics AS
SELECT
    place,
    metric,
    'evaluate' AS computed_by,
    meaning,
    unit,
    cast(lowest AS DOUBLE) AS lowest,
    cast(CASE WHEN lowest IS NOT NULL THEN 1 END AS DOUBLE) AS highest,
    higher_is_better,
    cast(
        CASE
            WHEN chance = 'zero' THEN 0
            WHEN chance = concat('half_', denominator) THEN 0.5
        END AS DOUBLE
    ) AS chance,
    source
FROM evaluated_metrics
UNION ALL
SELECT
    listed.place,
    listed.metric,
    listed.computed_by,
    listed.meaning,
    listed.unit,
    cast(listed.lowest AS DOUBLE) AS lowest,
    cast(listed.highest AS DOUBLE) AS highest,
    listed.higher_is_better,
    cast(listed.chance AS DOUBLE) AS chance,
    listed.source
FROM (
    VALUES
    (
        101, 'difference', 'scorer_differences',
        'the value of one scorer minus that of another, of each metric of evaluate',
        'prompts', NULL, NULL, NULL, 0, ''
    ),
    (
        102, 'p_value', 'scorer_differences',
        concat(
            'how often a metric differs as much if two scorers are exchanged on random prompts (signs of their ',
            'difference flipped)'
        ),
        'exchanges of prompts', 0, 1, NULL, NULL, 'Deutsch, Dror, Roth 2021, arXiv 2104.00054'
    ),
    (
        103, 'p_holm', 'scorer_differences',
        'p_value, corrected for the number of comparisons of a split, group and metric',
        'exchanges of prompts', 0, 1, NULL, NULL, 'Holm 1979'
    ),
    (
        104, 'mcnemar', 'scorer_verdicts',
        'McNemar''s statistic of the strict pairs on which only one of two scorers is right',
        'strict pairs', 0, NULL, NULL, NULL, 'McNemar 1947, 10.1007/BF02295996'
    ),
    (
        105, 'expected_rank', 'best_of_n_picks',
        'rank of the image with the highest score among n of a prompt; oracle_rank is the best, random_rank chance',
        'prompts', 1, NULL, FALSE, NULL, 'mean over all draws of n images, in closed form'
    ),
    (
        106, 'expected_rating', 'best_of_n_picks',
        concat(
            'overall rating of the image with the highest score among n of a prompt; oracle_rating is that of ',
            'the best rank, random_rating chance'
        ),
        'prompts', 1, 7, TRUE, NULL, 'mean over all draws of n images, in closed form'
    ),
    (
        107, 'log_loss', 'calibration',
        'mean of -ln(P), where P is the probability that the scores give to the better image',
        'strict pairs', 0, NULL, FALSE, ln(2), 'Good 1952'
    ),
    (
        108, 'brier', 'calibration',
        'mean of (1 - P) ** 2, where P is the probability that the scores give to the better image',
        'strict pairs', 0, 1, FALSE, 0.25, 'Brier 1950'
    ),
    (
        109, 'ece', 'calibration',
        'expected calibration error: mean distance of accuracy from confidence, in ten bins of confidence',
        'strict pairs', 0, 1, FALSE, NULL, 'Naeini et al. 2015'
    ),
    (
        110, 'overconfidence', 'calibration',
        'mean confidence minus accuracy; 0 is best',
        'strict pairs', -0.5, 1, NULL, NULL, 'Guo et al. 2017, arXiv 1706.04599'
    ),
    (
        111, 'accuracy', 'calibration',
        'strict pairs whose better image has the higher score; a tie of the scorer is half right',
        'strict pairs', 0, 1, TRUE, 0.5, ''
    ),
    (
        112, 'temperature', 'score_temperatures',
        'what differences of scores are divided by to be log odds, with the smallest log loss',
        'strict pairs', 0, NULL, NULL, NULL, 'Guo et al. 2017, arXiv 1706.04599'
    ),
    (
        113, 'expected_accuracy', 'soft_label_scores',
        'how often a voter, drawn at random, agrees with the scorer; a tie of the scorer is half right',
        'pairs with votes', 0, 1, TRUE, 0.5, 'Peterson et al. 2019, arXiv 1908.07086'
    ),
    (
        114, 'best_accuracy', 'soft_label_scores',
        'how often a voter, drawn at random, agrees with the majority: the highest expected_accuracy',
        'pairs with votes', 0.5, 1, NULL, NULL, 'Peterson et al. 2019, arXiv 1908.07086'
    ),
    (
        115, 'log_loss', 'soft_label_scores',
        'mean of -(share ln(P) + (1 - share) ln(1 - P)), where share is that of the votes for the better image',
        'pairs with votes', 0, NULL, FALSE, ln(2), 'Peterson et al. 2019, arXiv 1908.07086'
    ),
    (
        116, 'entropy', 'soft_label_scores',
        'entropy of the shares of votes: the smallest log_loss',
        'pairs with votes', 0, ln(2), NULL, NULL, 'Peterson et al. 2019, arXiv 1908.07086'
    ),
    (
        117, 'accuracy', 'accuracy_by_agreement',
        concat(
            'strict pairs with so many of so many votes whose better image has the higher score; a tie of the ',
            'scorer is wrong'
        ),
        'strict pairs with votes', 0, 1, TRUE, 0.5, ''
    ),
    (
        118, 'accuracy', 'human_ceilings',
        'judgements of people that agree with what other people prefer, in five ways; a tie is half right',
        'judgements of people', 0, 1, TRUE, NULL, 'Multimodal RewardBench 2, facebookresearch/MMRB2'
    ),
    (
        119, 'share_of_ceiling', 'ceiling_shares',
        'acc_micro of a scorer divided by the accuracy of people',
        'strict pairs', 0, NULL, TRUE, NULL, ''
    ),
    (
        120, 'alpha', 'krippendorff_alpha',
        'Krippendorff''s alpha of the votes on pairs: 1 - observed / expected disagreement',
        'votes', NULL, 1, TRUE, 0, 'Krippendorff 2011'
    ),
    (
        121, 'score_correlation', 'score_confounds',
        'Spearman''s correlation of scores with a covariate, such as brightness',
        'prompts', -1, 1, NULL, 0, 'Spearman 1904; van Elteren 1960'
    ),
    (
        122, 'human_correlation', 'score_confounds',
        'Spearman''s correlation of people''s order with a covariate',
        'prompts', -1, 1, NULL, 0, 'Spearman 1904; van Elteren 1960'
    ),
    (
        123, 'partial_correlation', 'score_confounds',
        'correlation of scores with a covariate given people''s order; 0 if scores follow it only as far as people do',
        'prompts', -1, 1, NULL, 0, 'Fisher 1924; Kim 2015, 10.5351/CSAM.2015.22.6.665'
    ),
    (
        124, 'accuracy', 'judge_accuracy',
        'strict pairs on which a judge names the better image, mean of both orders; a tie is half right',
        'judgements', 0, 1, TRUE, 0.5, 'Zheng et al. 2023, arXiv 2306.05685'
    ),
    (
        125, 'accuracy_better_first', 'judge_accuracy',
        'accuracy where the better image was shown first',
        'judgements', 0, 1, TRUE, 0.5, 'Zheng et al. 2023, arXiv 2306.05685'
    ),
    (
        126, 'accuracy_worse_first', 'judge_accuracy',
        'accuracy where the better image was shown second',
        'judgements', 0, 1, TRUE, 0.5, 'Zheng et al. 2023, arXiv 2306.05685'
    ),
    (
        127, 'consistency', 'judge_accuracy',
        'pairs shown in both orders on which both verdicts are the same image, or ties',
        'pairs shown in both orders', 0, 1, TRUE, 0.5, 'Zheng et al. 2023, arXiv 2306.05685'
    ),
    (
        128, 'consistent_accuracy', 'judge_accuracy',
        'accuracy on the pairs on which both verdicts are the same',
        'pairs with the same verdict in both orders', 0, 1, TRUE, 0.5, 'Zheng et al. 2023, arXiv 2306.05685'
    ),
    (
        129, 'first_share', 'judge_accuracy',
        'judgements that name the image shown first; 0.5 is no preference for a place',
        'pairs shown in both orders', 0, 1, NULL, 0.5, 'Zheng et al. 2023, arXiv 2306.05685'
    ),
    (
        130, 'mean_score', 'generator_stats',
        'mean score of a generator''s images',
        'images', NULL, NULL, TRUE, NULL, 'ImageReward paper, arXiv 2304.05977, table 1'
    ),
    (
        131, 'prompt_mean', 'generator_stats',
        'mean over prompts of the mean score of a generator''s images',
        'prompts', NULL, NULL, TRUE, NULL, 'ImageReward paper, arXiv 2304.05977, table 1'
    ),
    (
        132, 'win_rate', 'generator_wins',
        'prompts on which a generator beats another; a tie is half a win',
        'prompts that both have', 0, 1, TRUE, 0.5, ''
    ),
    (
        133, 'strength', 'generator_strengths',
        'log odds of a win over a generator of strength 0, with mean 0 (Bradley-Terry, with ties of Davidson)',
        'prompts', NULL, NULL, TRUE, 0,
        'Bradley, Terry 1952, 10.1093/biomet/39.3-4.324; Davidson 1970, 10.1080/01621459.1970.10481082'
    ),
    (
        134, 'estimate', 'generator_effects',
        'what one unit of a covariate adds to the log odds of a win; of ties, the parameter nu of Davidson',
        'prompts', NULL, NULL, NULL, NULL,
        'Bradley, Terry 1952, 10.1093/biomet/39.3-4.324; Davidson 1970, 10.1080/01621459.1970.10481082'
    ),
    (
        135, 'spearman', 'human_agreement',
        'Spearman''s correlation of the order of generators by mean score with people''s order',
        'generators', -1, 1, TRUE, 0, 'ImageReward paper, arXiv 2304.05977, table 1'
    )
) AS listed (place, metric, computed_by, meaning, unit, lowest, highest, higher_is_better, chance, source)
