-- name: annotation_overlaps
-- One row per two annotations of the same prompt text that share images, with how far they agree.
-- An annotation is a split and prompt_id; every two annotations have two rows, one in each direction. Images are the same if their
-- image_id is. shared_pairs counts pairs of shared images that have a rank in both annotations, strict_pairs those that the first
-- annotation does not tie. Of these, the other annotation orders same_pairs in the same way and opposite_pairs the other way round, and ties
-- the rest. An image with several ranks in an annotation counts as unranked there.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: split VARCHAR, prompt_id VARCHAR, other_split VARCHAR, other_prompt_id VARCHAR, prompt VARCHAR, shared_images BIGINT, shared_pairs BIGINT, strict_pairs BIGINT, same_pairs BIGINT, opposite_pairs BIGINT
-- reads: subset_images
-- query: annotation_overlaps
-- question: How far do two annotations of a prompt text agree on the images that they share?
-- order: split, prompt_id, other_split, other_prompt_id
CREATE OR REPLACE MACRO annotation_overlaps(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    WITH selected AS (
        SELECT
            split,
            prompt_id,
            prompt,
            image_id,
            rank
        FROM subset_images(in_subset, in_split)
    ),

    texts AS (
        SELECT
            split,
            prompt_id,
            min(prompt) AS prompt,
            min(prompt_id) OVER (PARTITION BY min(prompt)) < max(prompt_id) OVER (PARTITION BY min(prompt))
                AS is_repeated
        FROM selected
        GROUP BY split, prompt_id
    ),

    annotated AS (
        SELECT
            texts.split,
            texts.prompt_id,
            texts.prompt,
            images.image_id,
            CASE WHEN min(images.rank) = max(images.rank) THEN cast(min(images.rank) AS INTEGER) END AS rank
        FROM texts
        INNER JOIN selected AS images
            ON texts.split = images.split AND texts.prompt_id = images.prompt_id
        WHERE texts.is_repeated AND images.image_id <> ''  -- a path without a file name is no image of two annotations
        GROUP BY texts.split, texts.prompt_id, texts.prompt, images.image_id
    ),

    shared AS (
        SELECT
            base.split,
            base.prompt_id,
            base.prompt,
            other.split AS other_split,
            other.prompt_id AS other_prompt_id,
            base.image_id,
            base.rank,
            other.rank AS other_rank
        FROM annotated AS base
        INNER JOIN annotated AS other ON base.prompt = other.prompt AND base.image_id = other.image_id
        WHERE base.split <> other.split OR base.prompt_id <> other.prompt_id
    )

    SELECT
        base.split,
        base.prompt_id,
        base.other_split,
        base.other_prompt_id,
        base.prompt,
        count(DISTINCT base.image_id) AS shared_images,
        count((base.rank - peer.rank) * (base.other_rank - peer.other_rank)) AS shared_pairs,
        count(base.other_rank - peer.other_rank) FILTER (WHERE base.rank <> peer.rank) AS strict_pairs,
        count(*) FILTER (WHERE (base.rank - peer.rank) * (base.other_rank - peer.other_rank) > 0) AS same_pairs,
        count(*) FILTER (WHERE (base.rank - peer.rank) * (base.other_rank - peer.other_rank) < 0) AS opposite_pairs
    FROM shared AS base
    LEFT JOIN shared AS peer
        ON
            base.split = peer.split
            AND base.prompt_id = peer.prompt_id
            AND base.other_split = peer.other_split
            AND base.other_prompt_id = peer.other_prompt_id
            AND base.image_id < peer.image_id
    GROUP BY base.split, base.prompt_id, base.other_split, base.other_prompt_id, base.prompt
