-- name: wrong_amounts
-- Which prompts have another number of images than image_amount_in_total says?
-- param split: train, validation or test; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- returns: split, prompt_id, prompt, images, amounts, least_amount, greatest_amount, first_row
-- reads: wrong_amounts
SELECT *
FROM wrong_amounts($split::VARCHAR, $subset::VARCHAR)
ORDER BY first_row
