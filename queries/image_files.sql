-- name: image_files
-- Where is each image's file, and does it seem whole?
-- No image is read; `irdb verify` reads them all.
-- returns: image_path, split, location, member, size, crc, status, detail, row_index
-- reads: image_files
SELECT *
FROM image_files
ORDER BY row_index
