-- name: prompts
-- One row per prompt: its text, its numbers of images and of strict and tied pairs, its best and worst rank.
-- returns: split, part, prompt_id, prompt, classification, images, ranked_images, pairs, strict_pairs, tied_pairs, ranks, best_rank, worst_rank, best_images, worst_images, first_row
-- important: prompt, images, strict_pairs, tied_pairs, split, classification, best_rank, worst_rank
-- start with: yes
-- reads: prompt_counts
CREATE OR REPLACE VIEW prompts AS
SELECT *
FROM prompt_counts()
