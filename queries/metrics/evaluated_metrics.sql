-- name: evaluated_metrics
-- One row per metric that evaluate computes: what it is a share or mean of, its terms, and the source of its definition.
-- Best images share the lowest rank of a prompt, worst images the highest; there may be several. recall looks for best images among
-- the k highest scores and filter for worst images among the k lowest, in three readings: any of them, the fraction of them (frac),
-- and any of them in prompts that have only one (unique). of_pairs marks metrics of single pairs, which can be grouped by rank gap.
-- A metric over prompts is the sum of its numerator divided by the sum of its denominator; both are terms: columns of prompt_terms.
-- So are chance, the numerator that random scores would give, and pairs, the number of pairs behind it; pairs is NULL for metrics of
-- the order of images. lowest is the lowest value that a metric can have, 0 or -1, where the highest is 1; NULL where it has no bounds.
-- Scorers are ranked by the metrics whose higher_is_better is true. The view metrics has these and all others.
-- returns: place INTEGER, metric VARCHAR, of_pairs BOOLEAN, unit VARCHAR, meaning VARCHAR, source VARCHAR, lowest INTEGER, higher_is_better BOOLEAN, numerator VARCHAR, denominator VARCHAR, chance VARCHAR, pairs VARCHAR
-- important: metric, numerator, denominator, chance, pairs
-- query: evaluated_metrics
-- question: Of which sums over prompts does evaluate compute each metric?
-- order: place
CREATE OR REPLACE VIEW evaluated_metrics AS
SELECT
    listed.metric.place,
    listed.metric.metric,
    listed.metric.of_pairs,
    listed.metric.unit,
    listed.metric.meaning,
    listed.metric.source,
    listed.metric.lowest,
    listed.metric.higher_is_better,
    listed.metric.numerator,
    listed.metric.denominator,
    listed.metric.chance,
    listed.metric.pairs
FROM (
    SELECT unnest([
        {
            'place': 1, 'metric': 'acc_micro', 'of_pairs': TRUE, 'unit': 'strict pairs',
            'lowest': 0, 'higher_is_better': TRUE, 'numerator': 'concordant', 'denominator': 'strict_pairs',
            'chance': 'half_strict_pairs', 'pairs': 'strict_pairs',
            'meaning': 'strict pairs whose better image has the higher score; a tie of the scorer is wrong',
            'source': 'test.py of the ImageReward repository'
        },
        {
            'place': 2, 'metric': 'acc_macro', 'of_pairs': TRUE, 'unit': 'prompts with a strict pair',
            'lowest': 0, 'higher_is_better': TRUE, 'numerator': 'concordant_share', 'denominator': 'has_strict',
            'chance': 'half_has_strict', 'pairs': 'strict_pairs',
            'meaning': 'mean over prompts of the share of their strict pairs whose better image has the higher score',
            'source': 'evaluation of ImageReward in HPSv2'
        },
        {
            'place': 3, 'metric': 'acc_eq', 'of_pairs': TRUE, 'unit': 'pairs',
            'lowest': 0, 'higher_is_better': TRUE, 'numerator': 'agreeing', 'denominator': 'all_pairs',
            'chance': 'half_strict_pairs', 'pairs': 'all_pairs',
            'meaning':
            'pairs, with ties, on which scorer and people agree; scores that differ by epsilon or less are a tie',
            'source': 'Deutsch et al. 2023, arXiv 2305.14324'
        },
        {
            'place': 4, 'metric': 'scorer_ties', 'of_pairs': TRUE, 'unit': 'strict pairs',
            'lowest': 0, 'higher_is_better': NULL, 'numerator': 'scorer_tied', 'denominator': 'strict_pairs',
            'chance': 'zero', 'pairs': 'strict_pairs',
            'meaning': 'strict pairs whose images have the same score',
            'source': ''
        },
        {
            'place': 5, 'metric': 'tau_b', 'of_pairs': FALSE, 'unit': 'prompts where it is defined',
            'lowest': -1, 'higher_is_better': TRUE, 'numerator': 'tau', 'denominator': 'has_tau',
            'chance': 'zero', 'pairs': 'tau_pairs',
            'meaning': 'mean over prompts of Kendall''s tau-b of ranks and scores',
            'source': 'Kendall 1945'
        },
        {
            'place': 6, 'metric': 'spearman', 'of_pairs': FALSE, 'unit': 'prompts where it is defined',
            'lowest': -1, 'higher_is_better': TRUE, 'numerator': 'spearman', 'denominator': 'has_spearman',
            'chance': 'zero', 'pairs': NULL,
            'meaning': 'mean over prompts of Spearman''s rank correlation of ranks and scores',
            'source': 'Spearman 1904'
        },
        {
            'place': 7, 'metric': 'inversion', 'of_pairs': FALSE, 'unit': 'prompts with a pair',
            'lowest': 0, 'higher_is_better': TRUE, 'numerator': 'not_inverted', 'denominator': 'has_pair',
            'chance': 'chance_not_inverted', 'pairs': 'all_pairs',
            'meaning':
            'mean over prompts of 1 minus the share of their pairs, with ties, whose worse image has the higher score',
            'source': 'evaluation on HPDv2 in HPSv2'
        },
        {
            'place': 8, 'metric': 'best_of_n', 'of_pairs': FALSE, 'unit': 'prompts',
            'lowest': 0, 'higher_is_better': TRUE, 'numerator': 'best_of_n', 'denominator': 'prompts',
            'chance': 'chance_best_of_n', 'pairs': NULL,
            'meaning':
            'mean over prompts of 1 / n if a best image has the highest score and n images share it, else 0',
            'source': 'RewardBench 2, arXiv 2506.01937'
        },
        {
            'place': 9, 'metric': 'recall@1', 'of_pairs': FALSE, 'unit': 'prompts',
            'lowest': 0, 'higher_is_better': TRUE, 'numerator': 'best_any_1', 'denominator': 'prompts',
            'chance': 'chance_best_any_1', 'pairs': NULL,
            'meaning': 'prompts with a best image that has the highest score',
            'source': 'ImageReward paper, arXiv 2304.05977, appendix C.2'
        },
        {
            'place': 10, 'metric': 'recall@2', 'of_pairs': FALSE, 'unit': 'prompts',
            'lowest': 0, 'higher_is_better': TRUE, 'numerator': 'best_any_2', 'denominator': 'prompts',
            'chance': 'chance_best_any_2', 'pairs': NULL,
            'meaning': 'prompts with a best image among the 2 highest scores',
            'source': 'ImageReward paper, arXiv 2304.05977, appendix C.2'
        },
        {
            'place': 11, 'metric': 'recall@4', 'of_pairs': FALSE, 'unit': 'prompts',
            'lowest': 0, 'higher_is_better': TRUE, 'numerator': 'best_any_4', 'denominator': 'prompts',
            'chance': 'chance_best_any_4', 'pairs': NULL,
            'meaning': 'prompts with a best image among the 4 highest scores',
            'source': 'ImageReward paper, arXiv 2304.05977, appendix C.2'
        },
        {
            'place': 12, 'metric': 'recall_frac@1', 'of_pairs': FALSE, 'unit': 'prompts',
            'lowest': 0, 'higher_is_better': TRUE, 'numerator': 'best_frac_1', 'denominator': 'prompts',
            'chance': 'chance_frac_1', 'pairs': NULL,
            'meaning': 'mean over prompts of the share of best images that have the highest score',
            'source': 'ImageReward paper, arXiv 2304.05977, appendix C.2'
        },
        {
            'place': 13, 'metric': 'recall_frac@2', 'of_pairs': FALSE, 'unit': 'prompts',
            'lowest': 0, 'higher_is_better': TRUE, 'numerator': 'best_frac_2', 'denominator': 'prompts',
            'chance': 'chance_frac_2', 'pairs': NULL,
            'meaning': 'mean over prompts of the share of best images among the 2 highest scores',
            'source': 'ImageReward paper, arXiv 2304.05977, appendix C.2'
        },
        {
            'place': 14, 'metric': 'recall_frac@4', 'of_pairs': FALSE, 'unit': 'prompts',
            'lowest': 0, 'higher_is_better': TRUE, 'numerator': 'best_frac_4', 'denominator': 'prompts',
            'chance': 'chance_frac_4', 'pairs': NULL,
            'meaning': 'mean over prompts of the share of best images among the 4 highest scores',
            'source': 'ImageReward paper, arXiv 2304.05977, appendix C.2'
        },
        {
            'place': 15, 'metric': 'recall_unique@1', 'of_pairs': FALSE, 'unit': 'prompts with one best image',
            'lowest': 0, 'higher_is_better': TRUE, 'numerator': 'only_best_1', 'denominator': 'one_best',
            'chance': 'chance_only_best_1', 'pairs': NULL,
            'meaning': 'prompts whose only best image has the highest score',
            'source': 'ImageReward paper, arXiv 2304.05977, appendix C.2'
        },
        {
            'place': 16, 'metric': 'recall_unique@2', 'of_pairs': FALSE, 'unit': 'prompts with one best image',
            'lowest': 0, 'higher_is_better': TRUE, 'numerator': 'only_best_2', 'denominator': 'one_best',
            'chance': 'chance_only_best_2', 'pairs': NULL,
            'meaning': 'prompts whose only best image is among the 2 highest scores',
            'source': 'ImageReward paper, arXiv 2304.05977, appendix C.2'
        },
        {
            'place': 17, 'metric': 'recall_unique@4', 'of_pairs': FALSE, 'unit': 'prompts with one best image',
            'lowest': 0, 'higher_is_better': TRUE, 'numerator': 'only_best_4', 'denominator': 'one_best',
            'chance': 'chance_only_best_4', 'pairs': NULL,
            'meaning': 'prompts whose only best image is among the 4 highest scores',
            'source': 'ImageReward paper, arXiv 2304.05977, appendix C.2'
        },
        {
            'place': 18, 'metric': 'filter@1', 'of_pairs': FALSE, 'unit': 'prompts',
            'lowest': 0, 'higher_is_better': TRUE, 'numerator': 'worst_any_1', 'denominator': 'prompts',
            'chance': 'chance_worst_any_1', 'pairs': NULL,
            'meaning': 'prompts with a worst image that has the lowest score',
            'source': 'ImageReward paper, arXiv 2304.05977, appendix C.2'
        },
        {
            'place': 19, 'metric': 'filter@2', 'of_pairs': FALSE, 'unit': 'prompts',
            'lowest': 0, 'higher_is_better': TRUE, 'numerator': 'worst_any_2', 'denominator': 'prompts',
            'chance': 'chance_worst_any_2', 'pairs': NULL,
            'meaning': 'prompts with a worst image among the 2 lowest scores',
            'source': 'ImageReward paper, arXiv 2304.05977, appendix C.2'
        },
        {
            'place': 20, 'metric': 'filter@4', 'of_pairs': FALSE, 'unit': 'prompts',
            'lowest': 0, 'higher_is_better': TRUE, 'numerator': 'worst_any_4', 'denominator': 'prompts',
            'chance': 'chance_worst_any_4', 'pairs': NULL,
            'meaning': 'prompts with a worst image among the 4 lowest scores',
            'source': 'ImageReward paper, arXiv 2304.05977, appendix C.2'
        },
        {
            'place': 21, 'metric': 'filter_frac@1', 'of_pairs': FALSE, 'unit': 'prompts',
            'lowest': 0, 'higher_is_better': TRUE, 'numerator': 'worst_frac_1', 'denominator': 'prompts',
            'chance': 'chance_frac_1', 'pairs': NULL,
            'meaning': 'mean over prompts of the share of worst images that have the lowest score',
            'source': 'ImageReward paper, arXiv 2304.05977, appendix C.2'
        },
        {
            'place': 22, 'metric': 'filter_frac@2', 'of_pairs': FALSE, 'unit': 'prompts',
            'lowest': 0, 'higher_is_better': TRUE, 'numerator': 'worst_frac_2', 'denominator': 'prompts',
            'chance': 'chance_frac_2', 'pairs': NULL,
            'meaning': 'mean over prompts of the share of worst images among the 2 lowest scores',
            'source': 'ImageReward paper, arXiv 2304.05977, appendix C.2'
        },
        {
            'place': 23, 'metric': 'filter_frac@4', 'of_pairs': FALSE, 'unit': 'prompts',
            'lowest': 0, 'higher_is_better': TRUE, 'numerator': 'worst_frac_4', 'denominator': 'prompts',
            'chance': 'chance_frac_4', 'pairs': NULL,
            'meaning': 'mean over prompts of the share of worst images among the 4 lowest scores',
            'source': 'ImageReward paper, arXiv 2304.05977, appendix C.2'
        },
        {
            'place': 24, 'metric': 'filter_unique@1', 'of_pairs': FALSE, 'unit': 'prompts with one worst image',
            'lowest': 0, 'higher_is_better': TRUE, 'numerator': 'only_worst_1', 'denominator': 'one_worst',
            'chance': 'chance_only_worst_1', 'pairs': NULL,
            'meaning': 'prompts whose only worst image has the lowest score',
            'source': 'ImageReward paper, arXiv 2304.05977, appendix C.2'
        },
        {
            'place': 25, 'metric': 'filter_unique@2', 'of_pairs': FALSE, 'unit': 'prompts with one worst image',
            'lowest': 0, 'higher_is_better': TRUE, 'numerator': 'only_worst_2', 'denominator': 'one_worst',
            'chance': 'chance_only_worst_2', 'pairs': NULL,
            'meaning': 'prompts whose only worst image is among the 2 lowest scores',
            'source': 'ImageReward paper, arXiv 2304.05977, appendix C.2'
        },
        {
            'place': 26, 'metric': 'filter_unique@4', 'of_pairs': FALSE, 'unit': 'prompts with one worst image',
            'lowest': 0, 'higher_is_better': TRUE, 'numerator': 'only_worst_4', 'denominator': 'one_worst',
            'chance': 'chance_only_worst_4', 'pairs': NULL,
            'meaning': 'prompts whose only worst image is among the 4 lowest scores',
            'source': 'ImageReward paper, arXiv 2304.05977, appendix C.2'
        }
    ]) AS metric
) AS listed
