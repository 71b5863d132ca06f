-- name: repeated_prompts
-- Which prompt texts were annotated under several prompt ids, and how do the annotations differ?
-- shared_images and shared_pairs are summed over the other annotations of the text that have the same images, by image_id;
-- opposite_pairs are the shared pairs that the other annotation orders the other way round. Where annotations share no image,
-- as in the published test split, only their sizes, ranks and ties can be compared.
-- param split: train, validation or test; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- returns: prompt, prompt_ids, split, prompt_id, images, strict_pairs, tied_pairs, best_rank, worst_rank, ranks, shared_images, shared_pairs, opposite_pairs
-- reads: repeated_prompts
SELECT *
FROM repeated_prompts($split::VARCHAR, $subset::VARCHAR)
ORDER BY prompt_ids DESC, prompt ASC, split ASC, prompt_id ASC
