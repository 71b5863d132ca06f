-- name: found_pairs
-- Which pairs have some gap or tie, or are ones on which a scorer disagrees with people, or with another scorer?
-- score_gap is the scorer's score of the better image minus that of the worse one, in standard deviations of its scores in the split;
-- other_score_gap is that of the other scorer. Both are NULL unless the scorers are named, and a pair without their scores is left out.
-- param split: train, validation or test, or several as in 'train,test'; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- param classification: the class of the prompt; every class unless given
-- param prompt_id: the id of the prompt; every prompt unless given
-- param containing: text that the prompt contains, ignoring case; every prompt unless given
-- param ties: strict, tied or all; strict unless given
-- param min_rank_gap: smallest difference in rank of a strict pair; any unless given
-- param min_rating_gap: smallest difference of overall ratings, of the better image minus the worse one; any unless given
-- param max_rating_gap: largest difference of overall ratings; -1 finds pairs whose ratings contradict their ranks; any unless given
-- param scorer: a scorer, which has scores of both images; pairs with and without scores unless given
-- param verdict: agrees, disagrees or ties: how the scorer orders the images; any unless given
-- param other_scorer: another scorer, which orders the images in the opposite way; no other unless given
-- param sort: source, rank_gap, rating_gap, surest or least_sure, by the size of the score gap; source unless given
-- returns: split, prompt_id, prompt, classification, better_path, worse_path, rank_gap, overall_gap, score_gap, other_score_gap, better_row, worse_row
-- important: prompt, better_path, worse_path, rank_gap, overall_gap, score_gap, split
-- reads: preference_pairs, voted_pairs, pair_scores, score_spreads, image_scores, known_word, unit_difference
WITH scorers AS (
    SELECT DISTINCT scorer
    FROM image_scores
    WHERE $scorer::VARCHAR IS NOT NULL OR $other_scorer::VARCHAR IS NOT NULL
),

wanted AS (
    SELECT
        coalesce(known_word($ties, 'ties', 'strict,tied,all'), 'strict') AS ties,
        CASE
            WHEN $scorer::VARCHAR IS NULL AND $verdict IS NOT NULL
                THEN error('verdict is about a scorer, and none is named')
            ELSE known_word($verdict, 'verdict', 'agrees,disagrees,ties')
        END AS verdict,
        CASE
            WHEN $scorer::VARCHAR IS NULL AND $sort IN ('surest', 'least_sure')
                THEN error(concat('the order ', $sort, ' is about a scorer, and none is named'))
            ELSE known_word($sort, 'sort', 'source,rank_gap,rating_gap,surest,least_sure')
        END AS sort,
        CASE
            WHEN $scorer::VARCHAR IS NULL OR $scorer::VARCHAR IN (SELECT scorer FROM scorers) THEN $scorer::VARCHAR
            ELSE error(concat('there is no scorer ''', $scorer::VARCHAR, ''''))
        END AS scorer,
        CASE
            WHEN $other_scorer::VARCHAR IS NOT NULL AND $scorer::VARCHAR IS NULL
                THEN error('other_scorer disagrees with a scorer, and none is named')
            WHEN $other_scorer::VARCHAR = $scorer::VARCHAR
                THEN error(concat('''', $scorer::VARCHAR, ''' is both scorer and other_scorer; name two'))
            WHEN $other_scorer::VARCHAR IS NULL OR $other_scorer::VARCHAR IN (SELECT scorer FROM scorers)
                THEN $other_scorer::VARCHAR
            ELSE error(concat('there is no scorer ''', $other_scorer::VARCHAR, ''''))
        END AS other_scorer,
        lower($containing::VARCHAR) AS containing
),

gaps AS (
    SELECT
        pairs.scorer,
        pairs.better_row,
        pairs.worse_row,
        pairs.score_sign,
        unit_difference(pairs.better_score, pairs.worse_score, spreads.lowest, spreads.highest)
        / spreads.spread AS score_gap
    FROM pair_scores($split::VARCHAR, $subset::VARCHAR) AS pairs
    INNER JOIN score_spreads() AS spreads ON pairs.scorer = spreads.scorer AND pairs.split = spreads.split
    WHERE pairs.scorer IN ($scorer::VARCHAR, $other_scorer::VARCHAR)
)

SELECT
    pairs.split,
    pairs.prompt_id,
    pairs.prompt,
    pairs.classification,
    pairs.better_path,
    pairs.worse_path,
    pairs.rank_gap,
    pairs.overall_gap,
    base.score_gap,
    rival.score_gap AS other_score_gap,
    pairs.better_row,
    pairs.worse_row
FROM preference_pairs($split::VARCHAR, $subset::VARCHAR, keep_ties := TRUE) AS pairs
LEFT JOIN voted_pairs AS voted ON pairs.better_row = voted.better_row AND pairs.worse_row = voted.worse_row
CROSS JOIN wanted
LEFT JOIN gaps AS base
    ON
        pairs.better_row = base.better_row
        AND pairs.worse_row = base.worse_row
        AND base.scorer = $scorer::VARCHAR
LEFT JOIN gaps AS rival
    ON
        pairs.better_row = rival.better_row
        AND pairs.worse_row = rival.worse_row
        AND rival.scorer = $other_scorer::VARCHAR
WHERE
    (wanted.ties = 'all' OR coalesce(pairs.rank_gap = 0, voted.is_tied, FALSE) = (wanted.ties = 'tied'))
    AND ($classification::VARCHAR IS NULL OR pairs.classification = $classification::VARCHAR)
    AND ($prompt_id::VARCHAR IS NULL OR pairs.prompt_id = $prompt_id::VARCHAR)
    AND (wanted.containing IS NULL OR contains(lower(pairs.prompt), wanted.containing))
    AND ($min_rank_gap IS NULL OR pairs.rank_gap >= $min_rank_gap::DOUBLE)
    AND ($min_rating_gap IS NULL OR pairs.overall_gap >= $min_rating_gap::DOUBLE)
    AND ($max_rating_gap IS NULL OR pairs.overall_gap <= $max_rating_gap::DOUBLE)
    AND (wanted.scorer IS NULL OR base.score_sign IS NOT NULL)
    AND (wanted.other_scorer IS NULL OR base.score_sign * rival.score_sign < 0)
    AND (
        wanted.verdict IS NULL
        OR base.score_sign = CASE wanted.verdict WHEN 'agrees' THEN 1 WHEN 'disagrees' THEN -1 ELSE 0 END
    )
ORDER BY
    CASE wanted.sort
        WHEN 'rank_gap' THEN pairs.rank_gap
        WHEN 'rating_gap' THEN pairs.overall_gap
        WHEN 'surest' THEN abs(base.score_gap)
        WHEN 'least_sure' THEN -abs(base.score_gap)
    END DESC NULLS LAST,
    pairs.better_row ASC,
    pairs.worse_row ASC
