-- name: protocols
-- One row per published rule of evaluation: what its script prints, where the script is, and how it differs from our metrics.
-- source names the public repository, the file and the line of the rule. metric is the metric of ours that is nearest.
-- returns: place INTEGER, protocol VARCHAR, meaning VARCHAR, source VARCHAR, metric VARCHAR, differs VARCHAR
-- important: protocol, meaning, differs
-- query: protocols
-- question: By which published rules can a scorer be evaluated?
-- order: place
CREATE OR REPLACE VIEW protocols AS
SELECT
    listed.place,
    listed.protocol,
    listed.meaning,
    listed.source,
    listed.metric,
    listed.differs
FROM (
    VALUES
    (
        1,
        'imagereward',
        'share of strict pairs of all prompts whose better image has the higher score; a tie of the scorer is wrong',
        'THUDM/ImageReward, test.py, line 18',
        'acc_micro',
        'It is acc_micro.'
    ),
    (
        2,
        'hpsv2',
        'mean over prompts of 1 minus the share of pairs, with ties, that the order by score reverses',
        'tgxs002/HPSv2, hpsv2/src/training/train.py, line 358',
        'inversion',
        'Images of the same score are ordered by their place, where inversion counts them as not reversed.'
    ),
    (
        3,
        'hpsv2_imagereward',
        'mean over prompts of the share of strict pairs whose better image has the higher score',
        'tgxs002/HPSv2, hpsv2/src/training/train.py, line 456',
        'acc_macro',
        'It divides by zero on a prompt whose images all have the same rank, which acc_macro leaves out.'
    ),
    (
        4,
        'pickscore',
        concat(
            'mean over pairs, with ties: 1 if scorer and people agree, 0.5 if only one of them says tie, else 0; ',
            'a tie is a difference of probabilities of at most t, of 0, 0.1, …, 1 the best on validation'
        ),
        'yuvalkirstain/PickScore, trainer/scripts/eval_preference_predictor.py, lines 70 to 102',
        'acc_eq',
        'A tie is half right, and its threshold is one of eleven; scores must be logits, as they are put in a softmax.'
    ),
    (
        5,
        'hpsv3',
        'mean over strict pairs of whether the better image has the higher score',
        'MizzenAI/HPSv3, evaluate/evaluate.py, line 86',
        'acc_micro',
        'It is acc_micro, of data without ties.'
    ),
    (
        6,
        'mmrb2',
        'share of right judgements of pairs, each judged in both orders and counted twice',
        'facebookresearch/MMRB2, evaluate/compute_scores/compute_accuracy.py, line 53',
        'acc_micro',
        'Scores give both orders the same judgement, and none where they are equal: such pairs are left out.'
    ),
    (
        7,
        'videoalign',
        'largest share of pairs on which scorer and people agree, with ties, of all thresholds of a tie',
        'KwaiVGI/VideoAlign, calc_accuracy.py, line 20',
        'acc_eq',
        concat(
            'The threshold is tuned on what is reported, and no pair without a tie is never tried: ',
            'three right strict pairs give 0.667. Pairs of the same difference become ties one by one.'
        )
    ),
    (
        8,
        'videoalign_mended',
        'the same, where no tie is tried, too, and pairs of the same difference become ties together',
        'Deutsch et al. 2023, arXiv 2305.14324',
        'acc_eq',
        'It is acc_eq with the threshold tuned on what is reported, which flatters.'
    ),
    (
        9,
        'editreward',
        'share of prompts of K images whose pairs, with ties, are all ordered as people did; a row for each K',
        'TIGER-AI-Lab/EditReward, EditReward/evaluate/inference_3pair_hf.py, main',
        'spearman',
        'One wrong pair makes the whole prompt wrong.'
    )
) AS listed (place, protocol, meaning, source, metric, differs)
