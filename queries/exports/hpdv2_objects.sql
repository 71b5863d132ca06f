-- name: hpdv2_objects
-- One row per object of a file of HPDv2: the ranking of a prompt whose images have ranks, or the choice of a vote on others.
-- Of a prompt with ranks, one row: its ranked images, their ranks, and in annotators and annotator_ranks those of each annotator, as
-- far as votes hold them: of a named annotator who voted once on every two of the images, and contradicts nothing. Of each vote on
-- other images that is no tie, one row: its two images, and 1 for the preferred one. Fields of the other kind are NULL, and left out
-- of the file. Tied votes on images without ranks, strengths and weights are left out, as the format has no place for them.
-- vote_index and choice order the objects of a prompt, whose first image has the row_index prompt_row.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- param from_draw: keep prompts whose draw (see prompt_draws) is at least this; NULL counts as 0
-- param to_draw: keep prompts whose draw is below this; NULL counts as 1
-- param seed: a whole number; another one gives other draws
-- param stratified: whether to sample the same share of each classification
-- returns: human_preference BIGINT[], prompt VARCHAR, choice_paths VARCHAR[], user_hash VARCHAR, image_path VARCHAR[], rank BIGINT[], annotators VARCHAR[], annotator_ranks BIGINT[][], prompt_id VARCHAR, prompt_row BIGINT, vote_index BIGINT, choice BIGINT
-- reads: source_votes, sampled_images
-- source: README of the HPSv2 repository
-- spark: no, a cluster writes no JSON of HPDv2
CREATE OR REPLACE MACRO hpdv2_objects(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL,
    from_draw DOUBLE := 0,
    to_draw DOUBLE := 1,
    seed BIGINT := 0,
    stratified BOOLEAN := FALSE
) AS TABLE
    WITH sampled AS (
        SELECT *
        FROM sampled_images(in_split, in_subset, from_draw, to_draw, seed, stratified)
    ),

    ranked AS (
        SELECT
            *,
            count(*) OVER (PARTITION BY prompt_row) AS ranked_images
        FROM sampled
        WHERE rank IS NOT NULL
    ),

    ranked_votes AS (
        SELECT
            first_images.prompt_row,
            first_images.ranked_images,
            votes.annotator,
            votes.first_row,
            votes.second_row,
            votes.first_votes - votes.second_votes AS preference,
            votes.vote_index
        FROM source_votes AS votes
        INNER JOIN ranked AS first_images ON votes.first_row = first_images.row_index
        INNER JOIN ranked AS second_images ON votes.second_row = second_images.row_index
        WHERE votes.annotator IS NOT NULL AND votes.first_votes + votes.second_votes + votes.tied_votes = 1
    ),

    sides AS (
        SELECT
            prompt_row,
            annotator,
            first_row AS row_index,
            CASE WHEN preference < 0 THEN 1 ELSE 0 END AS losses
        FROM ranked_votes
        UNION ALL
        SELECT
            prompt_row,
            annotator,
            second_row AS row_index,
            CASE WHEN preference > 0 THEN 1 ELSE 0 END AS losses
        FROM ranked_votes
    ),

    image_ranks AS (
        SELECT
            prompt_row,
            annotator,
            row_index,
            cast(1 + sum(losses) AS BIGINT) AS rank
        FROM sides
        GROUP BY prompt_row, annotator, row_index
    ),

    whole_annotations AS (
        SELECT
            votes.prompt_row,
            votes.annotator,
            min(votes.vote_index) AS vote_index
        FROM ranked_votes AS votes
        INNER JOIN image_ranks AS first_ranks
            ON votes.annotator = first_ranks.annotator AND votes.first_row = first_ranks.row_index
        INNER JOIN image_ranks AS second_ranks
            ON votes.annotator = second_ranks.annotator AND votes.second_row = second_ranks.row_index
        GROUP BY votes.prompt_row, votes.annotator
        HAVING
            count(*) = min(votes.ranked_images) * (min(votes.ranked_images) - 1) / 2
            AND count(DISTINCT [least(votes.first_row, votes.second_row), greatest(votes.first_row, votes.second_row)])
            = count(*)
            AND bool_and(sign(second_ranks.rank - first_ranks.rank) = votes.preference)
    ),

    annotations AS (
        SELECT
            whole.prompt_row,
            whole.vote_index,
            whole.annotator,
            list(image_ranks.rank ORDER BY image_ranks.row_index) AS ranks
        FROM whole_annotations AS whole
        INNER JOIN image_ranks
            ON whole.prompt_row = image_ranks.prompt_row AND whole.annotator = image_ranks.annotator
        GROUP BY whole.prompt_row, whole.vote_index, whole.annotator
    ),

    prompt_annotations AS (
        SELECT
            prompt_row,
            list(annotator ORDER BY vote_index) AS annotators,
            list(ranks ORDER BY vote_index) AS annotator_ranks
        FROM annotations
        GROUP BY prompt_row
    ),

    rankings AS (
        SELECT
            prompt_row,
            min(prompt_id) AS prompt_id,
            arg_min(prompt, row_index) AS prompt,
            list(image_path ORDER BY row_index) AS image_path,
            list(cast(rank AS BIGINT) ORDER BY row_index) AS rank
        FROM ranked
        GROUP BY prompt_row
    ),

    counted_choices AS (
        SELECT
            first_images.prompt_row,
            first_images.prompt_id,
            first_images.prompt,
            [first_images.image_path, second_images.image_path] AS choice_paths,
            votes.annotator AS user_hash,
            votes.vote_index,
            votes.first_votes,
            unnest(range(votes.first_votes + votes.second_votes)) AS choice
        FROM source_votes AS votes
        INNER JOIN sampled AS first_images ON votes.first_row = first_images.row_index
        INNER JOIN sampled AS second_images ON votes.second_row = second_images.row_index
        WHERE first_images.rank IS NULL OR second_images.rank IS NULL
    ),

    objects AS (
        SELECT
            cast(NULL AS BIGINT[]) AS human_preference,
            rankings.prompt,
            cast(NULL AS VARCHAR[]) AS choice_paths,
            cast(NULL AS VARCHAR) AS user_hash,
            rankings.image_path,
            rankings.rank,
            coalesce(prompt_annotations.annotators, []) AS annotators,
            coalesce(prompt_annotations.annotator_ranks, []) AS annotator_ranks,
            rankings.prompt_id,
            rankings.prompt_row,
            cast(-1 AS BIGINT) AS vote_index,
            cast(0 AS BIGINT) AS choice
        FROM rankings
        LEFT JOIN prompt_annotations ON rankings.prompt_row = prompt_annotations.prompt_row
        UNION ALL
        SELECT
            CASE
                WHEN choice < first_votes THEN [cast(1 AS BIGINT), cast(0 AS BIGINT)]
                ELSE [cast(0 AS BIGINT), cast(1 AS BIGINT)]
            END AS human_preference,
            prompt,
            choice_paths,
            user_hash,
            NULL AS image_path,
            NULL AS rank,
            NULL AS annotators,
            NULL AS annotator_ranks,
            prompt_id,
            prompt_row,
            vote_index,
            choice
        FROM counted_choices
    )

    SELECT *
    FROM objects
