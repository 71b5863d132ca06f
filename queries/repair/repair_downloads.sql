-- name: repair_downloads
-- One row per archive of DiffusionDB Large with originals of broken images: its URL and how many members are needed.
-- Images without an archive in repair_plan are left out. URLs follow from the published layout; none was requested to check it.
-- param in_split: train, validation or test, or several as in 'train,test'; NULL takes all splits
-- returns: archive VARCHAR, url VARCHAR, members BIGINT
-- reads: repair_plan
-- source: layout of the dataset poloclub/diffusiondb
-- query: repair_downloads
-- question: Which archives of DiffusionDB does a repair of broken images need?
-- note: `irdb sql "SELECT url FROM repair_downloads() ORDER BY url"` prints the URLs alone.
-- order: archive
CREATE OR REPLACE MACRO repair_downloads(in_split VARCHAR := NULL) AS TABLE
    SELECT
        archive,
        concat('https://huggingface.co/datasets/poloclub/diffusiondb/resolve/main/', archive) AS url,
        count(DISTINCT member) AS members
    FROM repair_plan(in_split)
    WHERE archive IS NOT NULL
    GROUP BY archive
