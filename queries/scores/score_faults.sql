-- name: score_faults
-- Which of the given scores cannot be used, and why?
-- Those of the chosen images, and those of which no image is known. source and source_row tell where a score was found.
-- all_faults is how many there are.
-- param split: train, validation or test; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- param limit: most rows to return; 20 unless given
-- returns: fault, scorer, image, score, source, source_row, image_path, score_number, all_faults
-- reads: score_matches, score_rows, images, subset_images, whole_number
SELECT
    found.fault,
    found.scorer,
    score_rows.image,
    found.score,
    score_rows.source,
    score_rows.source_row,
    images.image_path,
    found.score_number,
    count(*) OVER () AS all_faults
FROM score_matches AS found
INNER JOIN score_rows ON found.score_number = score_rows.score_number AND found.scorer = score_rows.scorer
LEFT JOIN images ON found.image_row = images.row_index
WHERE
    found.fault IS NOT NULL
    AND (
        found.image_row IS NULL
        OR found.image_row IN (
            SELECT chosen.row_index FROM subset_images($subset::VARCHAR, $split::VARCHAR) AS chosen
        )
    )
ORDER BY found.score_number, found.scorer
LIMIT coalesce(whole_number($limit), 20)
