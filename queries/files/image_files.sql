-- name: image_files
-- One row per image: the file or zip member that holds its bytes, their size and CRC-32, and whether it looks intact.
-- status is ok, missing (no file has its name), empty (0 bytes), corrupt (the zip's directory, or the file, shows that it cannot be
-- read) or archive_missing (neither its zip nor its folder exists); detail says why it is not ok, or where else it is. An unpacked
-- file is read before a zip, and a member at the top of the zip, or in the one folder of all, before others. All of this comes from the
-- listings of folders and zips: no image is read. location is a path below the folder of the images; member is NULL for an unpacked
-- file, crc is NULL where no zip states it. An image in a column of a
-- Parquet file, see image_cells, is ok until it is read, and its size is NULL.
-- returns: image_path VARCHAR, split VARCHAR, location VARCHAR, member VARCHAR, size BIGINT, crc BIGINT, status VARCHAR, detail VARCHAR, row_index BIGINT
-- important: image_path, status, detail, location, member
-- reads: image_places, image_listing, image_cells
-- query: image_files
-- question: Where is the file of each image, and does it look intact?
-- note: No image is read; `irdb verify` reads them all.
-- order: row_index
CREATE OR REPLACE VIEW image_files AS
SELECT
    places.image_path,
    places.split,
    coalesce(cells.location, files.location, folders.location) AS location,
    files.member,
    files.size,
    files.crc,
    CASE
        WHEN cells.location IS NOT NULL THEN 'ok'
        ELSE coalesce(files.status, folders.status, 'archive_missing')
    END AS status,
    CASE
        WHEN cells.location IS NOT NULL THEN NULL
        WHEN files.status IS NOT NULL THEN files.detail
        ELSE coalesce(folders.detail, 'there is neither this archive nor an unpacked file')
    END AS detail,
    places.row_index
FROM image_places AS places
LEFT JOIN image_cells AS cells ON places.row_index = cells.row_index
LEFT JOIN image_listing AS files ON places.folder = files.folder AND places.file_name = files.file_name
LEFT JOIN image_listing AS folders ON places.folder = folders.folder AND folders.file_name IS NULL
