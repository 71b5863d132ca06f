-- name: split_leaks
-- Which prompts, texts and images do two exports or splits share?
-- leak is prompt_id, text, image or bytes; shared_value is what is shared, of bytes the path of an image that has them.
-- returns: leak, shared_value, a_images, b_images
-- reads: split_leaks
SELECT *
FROM split_leaks()
ORDER BY leak, shared_value
