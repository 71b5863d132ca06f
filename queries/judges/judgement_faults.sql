-- name: judgement_faults
-- Which of the given judgements are unusable, and why?
-- Listed are judgements of which an image is of the split and subset, or unknown. source and source_row say where a judgement was read;
-- all_faults is the number of faults without the limit.
-- param split: train, validation or test, or several as in 'train,test'; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- param limit: largest number of rows; 20 unless given
-- returns: fault, judge, first_image, second_image, prompt_id, verdict, source, source_row, judgement_number, all_faults
-- important: fault, judge, first_image, second_image, verdict, source_row
-- reads: judgement_matches, judgement_rows, subset_images, whole_number
WITH selected AS (
    SELECT row_index FROM subset_images($subset::VARCHAR, $split::VARCHAR)
),

faulty AS (
    SELECT
        judgement_number,
        min(fault) AS fault
    FROM judgement_matches
    WHERE
        fault IS NOT NULL
        AND (
            first_row IS NULL
            OR second_row IS NULL
            OR first_row IN (SELECT selected.row_index FROM selected)
            OR second_row IN (SELECT selected.row_index FROM selected)
        )
    GROUP BY judgement_number
)

SELECT
    faulty.fault,
    judgement_rows.judge,
    judgement_rows.first_image,
    judgement_rows.second_image,
    judgement_rows.prompt_id,
    judgement_rows.verdict,
    judgement_rows.source,
    judgement_rows.source_row,
    judgement_rows.judgement_number,
    count(*) OVER () AS all_faults
FROM faulty
INNER JOIN judgement_rows ON faulty.judgement_number = judgement_rows.judgement_number
ORDER BY judgement_rows.judgement_number
LIMIT coalesce(whole_number($limit), 20)
