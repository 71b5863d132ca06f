-- name: prompts
-- One row per prompt: its text, its numbers of images and of strict and tied pairs, its best and worst rank.
-- returns: split VARCHAR, part SMALLINT, prompt_id VARCHAR, prompt VARCHAR, classification VARCHAR, images BIGINT, ranked_images BIGINT, pairs BIGINT, strict_pairs BIGINT, tied_pairs BIGINT, ranks BIGINT, best_rank TINYINT, worst_rank TINYINT, best_images BIGINT, worst_images BIGINT, first_row BIGINT
-- important: prompt, prompt_id, images, strict_pairs, tied_pairs, split, classification, best_rank, worst_rank
-- start with: yes
-- reads: prompt_counts
CREATE OR REPLACE VIEW prompts AS
SELECT *
FROM prompt_counts()
