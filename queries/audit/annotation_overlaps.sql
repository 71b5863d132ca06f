-- name: annotation_overlaps
-- Images and pairs that two annotations of one prompt text share, one row an annotation and other annotation that share any.
-- An annotation is a split and prompt_id; images are the same where their image_id is. shared_pairs are pairs of shared
-- images that have a rank in both; opposite_pairs are those of them whose better image is the other one there.
-- An image that stands in an annotation at several ranks counts as one without a rank.
-- param in_split: train, validation or test; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: split, prompt_id, other_split, other_prompt_id, shared_images, shared_pairs, opposite_pairs
-- reads: prompt_counts, subset_images
CREATE OR REPLACE MACRO annotation_overlaps(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    WITH texts AS (
        SELECT
            split,
            prompt_id,
            prompt,
            min(prompt_id) OVER (PARTITION BY prompt) < max(prompt_id) OVER (PARTITION BY prompt) AS is_repeated
        FROM prompt_counts(in_split, in_subset)
    ),

    annotated AS (
        SELECT
            texts.split,
            texts.prompt_id,
            texts.prompt,
            images.image_id,
            CASE WHEN min(images.rank) = max(images.rank) THEN cast(min(images.rank) AS INTEGER) END AS rank
        FROM texts
        INNER JOIN subset_images(in_subset, in_split) AS images
            ON texts.split = images.split AND texts.prompt_id = images.prompt_id
        WHERE texts.is_repeated
        GROUP BY texts.split, texts.prompt_id, texts.prompt, images.image_id
    ),

    shared AS (
        SELECT
            this.split,
            this.prompt_id,
            other.split AS other_split,
            other.prompt_id AS other_prompt_id,
            this.image_id,
            this.rank,
            other.rank AS other_rank
        FROM annotated AS this
        INNER JOIN annotated AS other ON this.prompt = other.prompt AND this.image_id = other.image_id
        WHERE this.split <> other.split OR this.prompt_id <> other.prompt_id
    )

    SELECT
        one.split,
        one.prompt_id,
        one.other_split,
        one.other_prompt_id,
        count(DISTINCT one.image_id) AS shared_images,
        count((one.rank - two.rank) * (one.other_rank - two.other_rank)) AS shared_pairs,
        count(*) FILTER (WHERE (one.rank - two.rank) * (one.other_rank - two.other_rank) < 0) AS opposite_pairs
    FROM shared AS one
    LEFT JOIN shared AS two
        ON
            one.split = two.split
            AND one.prompt_id = two.prompt_id
            AND one.other_split = two.other_split
            AND one.other_prompt_id = two.other_prompt_id
            AND one.image_id < two.image_id
    GROUP BY one.split, one.prompt_id, one.other_split, one.other_prompt_id
