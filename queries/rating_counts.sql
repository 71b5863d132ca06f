-- name: rating_counts
-- How many images have each combination of the three ratings?
-- param split: train, validation or test; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- param by_classification: a row for each classification of a split; off unless given
-- returns: split, classification, overall_rating, image_text_alignment_rating, fidelity_rating, images
-- reads: rating_counts
SELECT *
FROM rating_counts($split::VARCHAR, $subset::VARCHAR, $by_classification::BOOLEAN)
ORDER BY
    split,
    classification NULLS LAST,
    overall_rating NULLS LAST,
    image_text_alignment_rating NULLS LAST,
    fidelity_rating NULLS LAST
