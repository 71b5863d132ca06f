-- name: repair_downloads
-- Archives of DiffusionDB Large that hold originals of broken images, each with its address and how many of its members are needed.
-- Images for which repair_plan knows no archive are in none. The addresses follow from the published layout; none was asked.
-- param in_split: train, validation or test; NULL takes all splits
-- returns: archive, url, members
-- reads: repair_plan
-- source: layout of the dataset poloclub/diffusiondb
-- query: repair_downloads
-- question: Which archives of DiffusionDB are to be downloaded to repair broken images?
-- note: `irdb sql "SELECT url FROM repair_downloads() ORDER BY url"` gives addresses alone.
-- order: archive
CREATE OR REPLACE MACRO repair_downloads(in_split VARCHAR := NULL) AS TABLE
    SELECT
        archive,
        concat('https://huggingface.co/datasets/poloclub/diffusiondb/resolve/main/', archive) AS url,
        count(DISTINCT member) AS members
    FROM repair_plan(in_split)
    WHERE archive IS NOT NULL
    GROUP BY archive
