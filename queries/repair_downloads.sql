-- name: repair_downloads
-- Which archives of DiffusionDB are to be downloaded to repair broken images?
-- `irdb sql "SELECT url FROM repair_downloads() ORDER BY url"` gives addresses alone.
-- param split: train, validation or test; all splits unless given
-- returns: archive, url, members
-- reads: repair_downloads
SELECT *
FROM repair_downloads($split::VARCHAR)
ORDER BY archive
