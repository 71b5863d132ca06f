-- name: ratings
-- One row per image and kind of rating, three rows per image; a missing rating is NULL.
-- returns: split VARCHAR, prompt_id VARCHAR, image_path VARCHAR, kind VARCHAR, rating TINYINT, row_index BIGINT
-- start with: yes
-- reads: image_ratings
CREATE OR REPLACE VIEW ratings AS
SELECT *
FROM image_ratings()
