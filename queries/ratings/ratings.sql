-- name: ratings
-- One row per image and kind of rating, three rows per image; a missing rating is NULL.
-- returns: split, prompt_id, image_path, kind, rating, row_index
-- start with: yes
-- reads: image_ratings
CREATE OR REPLACE VIEW ratings AS
SELECT *
FROM image_ratings()
