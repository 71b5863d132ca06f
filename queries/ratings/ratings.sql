-- name: ratings
-- One row an image and kind of rating, three rows an image; a missing rating is NULL.
-- returns: split, prompt_id, image_path, kind, rating, row_index
-- reads: image_ratings
CREATE OR REPLACE VIEW ratings AS
SELECT *
FROM image_ratings()
