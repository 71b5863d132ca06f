-- name: found_prompts
-- Which prompts contain a text, or have a number of images, tied pairs or an image of some rating?
-- Lists have one element per image of the prompt, from the best rank to the worst; images without a rank come last.
-- param containing: text that the prompt contains, ignoring case; every prompt unless given
-- param split: train, validation or test, or several as in 'train,test'; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- param classification: the class of the prompt; every class unless given
-- param n_images: number of images of the prompt; any number unless given
-- param ties: some, for prompts with a tied pair, or none; both unless given
-- param rating: an overall rating that an image of the prompt has; any unless given
-- param sort: source, images, strict_pairs, tied_pairs, longest, shortest or rating, which is the mean; source unless given
-- returns: split, prompt_id, prompt, classification, images, strict_pairs, tied_pairs, mean_rating, image_row, rank, overall_rating, first_row
-- important: prompt, images, strict_pairs, tied_pairs, mean_rating, split
-- reads: prompt_counts, subset_images, known_word, exact_mean, whole_number
WITH wanted AS (
    SELECT
        known_word($sort, 'sort', 'source,images,strict_pairs,tied_pairs,longest,shortest,rating') AS sort,
        known_word($ties, 'ties', 'some,none') AS ties,
        whole_number($n_images) AS n_images,
        whole_number($rating) AS rating,
        lower($containing::VARCHAR) AS containing
),

image_lists AS (
    SELECT
        split,
        prompt_id,
        exact_mean(overall_rating) AS mean_rating,
        list(row_index ORDER BY rank ASC NULLS LAST, row_index ASC) AS image_row,
        list(rank ORDER BY rank ASC NULLS LAST, row_index ASC) AS rank,
        list(overall_rating ORDER BY rank ASC NULLS LAST, row_index ASC) AS overall_rating
    FROM subset_images($subset::VARCHAR, $split::VARCHAR)
    GROUP BY split, prompt_id
)

SELECT
    prompts.split,
    prompts.prompt_id,
    prompts.prompt,
    prompts.classification,
    prompts.images,
    prompts.strict_pairs,
    prompts.tied_pairs,
    image_lists.mean_rating,
    image_lists.image_row,
    image_lists.rank,
    image_lists.overall_rating,
    prompts.first_row
FROM prompt_counts($split::VARCHAR, $subset::VARCHAR) AS prompts
INNER JOIN image_lists ON prompts.split = image_lists.split AND prompts.prompt_id = image_lists.prompt_id
CROSS JOIN wanted
WHERE
    (wanted.containing IS NULL OR contains(lower(prompts.prompt), wanted.containing))
    AND ($classification::VARCHAR IS NULL OR prompts.classification = $classification::VARCHAR)
    AND (wanted.n_images IS NULL OR prompts.images = wanted.n_images)
    AND (wanted.ties IS NULL OR (prompts.tied_pairs > 0) = (wanted.ties = 'some'))
    AND (wanted.rating IS NULL OR list_contains(image_lists.overall_rating, wanted.rating))
ORDER BY
    CASE wanted.sort
        WHEN 'images' THEN prompts.images
        WHEN 'strict_pairs' THEN prompts.strict_pairs
        WHEN 'tied_pairs' THEN prompts.tied_pairs
        WHEN 'longest' THEN length(prompts.prompt)
        WHEN 'shortest' THEN -length(prompts.prompt)
        WHEN 'rating' THEN image_lists.mean_rating
    END DESC NULLS LAST,
    prompts.first_row ASC
