-- name: diffusiondb_archive
-- The archive of DiffusionDB Large with the images of a prompt_id, {part}-{prompt} as in 005658-0040.
-- NULL if prompt_id has another form, or names none of the parts 1 to 14,000. That it names a part is inferred: in the published
-- ranking file of test it does so in the path of all 2,720 images, up to part 11,436, and only the Large one of DiffusionDB's two
-- sets has that many parts. No archive was opened to check it.
-- param input_prompt_id: a prompt_id
-- source: layout of the dataset poloclub/diffusiondb; ImageReward repository, data/test.json
CREATE OR REPLACE MACRO diffusiondb_archive(input_prompt_id VARCHAR) AS
CASE
    WHEN NOT regexp_matches(input_prompt_id, '^[0-9]{6}-[0-9]{4}$') THEN NULL
    WHEN left(input_prompt_id, 6) BETWEEN '000001' AND '010000'
        THEN concat('diffusiondb-large-part-1/part-', left(input_prompt_id, 6), '.zip')
    WHEN left(input_prompt_id, 6) BETWEEN '010001' AND '014000'
        THEN concat('diffusiondb-large-part-2/part-', left(input_prompt_id, 6), '.zip')
END
