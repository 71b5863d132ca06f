-- name: diffusiondb_archive
-- The archive of DiffusionDB Large that holds the images of a prompt, by its prompt_id, {part}-{prompt}, as in 005658-0040.
-- NULL where the word has not that form or names none of the parts 1 to 14,000. That prompt_id names a part is inferred: in the
-- published ranking file of test it does so in the path of all 2,720 images, up to part 11,436, and of DiffusionDB's two sets only
-- the Large one has that many. No archive was looked into.
-- param some_prompt_id: a prompt_id
-- source: layout of the dataset poloclub/diffusiondb; ImageReward repository, data/test.json
CREATE OR REPLACE MACRO diffusiondb_archive(some_prompt_id VARCHAR) AS
CASE
    WHEN NOT regexp_matches(some_prompt_id, '^[0-9]{6}-[0-9]{4}$') THEN NULL
    WHEN left(some_prompt_id, 6) BETWEEN '000001' AND '010000'
        THEN concat('diffusiondb-large-part-1/part-', left(some_prompt_id, 6), '.zip')
    WHEN left(some_prompt_id, 6) BETWEEN '010001' AND '014000'
        THEN concat('diffusiondb-large-part-2/part-', left(some_prompt_id, 6), '.zip')
END
