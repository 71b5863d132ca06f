-- name: repeated_prompts
-- One row per annotation of a prompt text that has several prompt ids, with how far annotations agree.
-- shared_images and shared_pairs are sums over the other annotations of the text that have the same images, by image_id;
-- opposite_pairs counts the shared pairs that the other annotation orders the other way round. Where annotations share no image, as
-- in the published test split, only their sizes, ranks and ties can be compared.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- param in_subset: 1k, 2k, 4k or 8k; NULL takes every image
-- returns: prompt VARCHAR, prompt_ids BIGINT, split VARCHAR, prompt_id VARCHAR, images BIGINT, strict_pairs BIGINT, tied_pairs BIGINT, best_rank TINYINT, worst_rank TINYINT, ranks BIGINT, shared_images BIGINT, shared_pairs BIGINT, opposite_pairs BIGINT
-- important: prompt, prompt_id, opposite_pairs, shared_pairs, strict_pairs, images, split
-- reads: prompt_counts, annotation_overlaps
-- query: repeated_prompts
-- question: Which prompt texts were annotated under several prompt ids, and how do the annotations differ?
-- note: shared_images and shared_pairs are sums over the other annotations of the text that have the same images, by image_id;
-- note: opposite_pairs counts the shared pairs that the other annotation orders the other way round. Where annotations share no image,
-- note: as in the published test split, only their sizes, ranks and ties can be compared.
-- order: prompt_ids DESC, prompt ASC, split ASC, prompt_id ASC
CREATE OR REPLACE MACRO repeated_prompts(
    in_split VARCHAR := NULL,
    in_subset VARCHAR := NULL
) AS TABLE
    WITH prompt_rows AS (
        SELECT *
        FROM prompt_counts(in_split, in_subset)
    ),

    texts AS (
        SELECT
            prompt,
            count(DISTINCT prompt_id) AS prompt_ids
        FROM prompt_rows
        GROUP BY prompt
    ),

    agreement AS (
        SELECT
            split,
            prompt_id,
            cast(sum(shared_images) AS BIGINT) AS shared_images,
            cast(sum(shared_pairs) AS BIGINT) AS shared_pairs,
            cast(sum(opposite_pairs) AS BIGINT) AS opposite_pairs
        FROM annotation_overlaps(in_split, in_subset)
        GROUP BY split, prompt_id
    )

    SELECT
        texts.prompt,
        texts.prompt_ids,
        prompt_rows.split,
        prompt_rows.prompt_id,
        prompt_rows.images,
        prompt_rows.strict_pairs,
        prompt_rows.tied_pairs,
        prompt_rows.best_rank,
        prompt_rows.worst_rank,
        prompt_rows.ranks,
        coalesce(agreement.shared_images, 0) AS shared_images,
        coalesce(agreement.shared_pairs, 0) AS shared_pairs,
        coalesce(agreement.opposite_pairs, 0) AS opposite_pairs
    FROM prompt_rows
    INNER JOIN texts ON prompt_rows.prompt = texts.prompt
    LEFT JOIN agreement ON prompt_rows.split = agreement.split AND prompt_rows.prompt_id = agreement.prompt_id
    WHERE texts.prompt_ids > 1
