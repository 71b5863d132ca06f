-- name: shared_images
-- Which images stand in more than one split?
-- param split: train, validation or test, in which it stands as well as in another; any two unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- returns: image_id, splits, prompt_ids, train_images, validation_images, test_images
-- reads: shared_images
SELECT *
FROM shared_images($split::VARCHAR, $subset::VARCHAR)
ORDER BY image_id
