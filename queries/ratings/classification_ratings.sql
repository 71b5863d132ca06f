-- name: classification_ratings
-- What are the mean ratings of each classification?
-- Each mean is over the images with that rating; rated counts the images with an overall rating.
-- param split: train, validation or test, or several as in 'train,test'; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- returns: split, classification, images, rated, overall_mean, alignment_mean, fidelity_mean
-- important: classification, overall_mean, alignment_mean, fidelity_mean, split, rated
-- reads: rating_stats
SELECT
    split,
    classification,
    max(n + missing) AS images,
    max(n) FILTER (WHERE kind = 'overall') AS rated,
    max(mean) FILTER (WHERE kind = 'overall') AS overall_mean,
    max(mean) FILTER (WHERE kind = 'alignment') AS alignment_mean,
    max(mean) FILTER (WHERE kind = 'fidelity') AS fidelity_mean
FROM rating_stats($split::VARCHAR, $subset::VARCHAR, by_classification := TRUE)
GROUP BY split, classification
ORDER BY split ASC, images DESC, classification ASC NULLS LAST
