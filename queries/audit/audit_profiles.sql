-- name: audit_profiles
-- One row per profile of the audit: what is normal in a kind of data.
-- imagerewarddb is the published dataset; votes is data with votes, of any layout. A rank above highest_rank is an error; where that
-- is NULL, the number of images of the prompt is the highest. More than most_images at one rank are a warning, unless that is NULL.
-- Only where has_published_paths is true do image paths name split and part, and file names an image in all splits; only where
-- has_published_classes is true are there but the twelve classes.
-- returns: profile VARCHAR, highest_rank TINYINT, most_images BIGINT, has_published_paths BOOLEAN, has_published_classes BOOLEAN
CREATE OR REPLACE VIEW audit_profiles AS
SELECT
    profiles.profile,
    cast(profiles.highest_rank AS TINYINT) AS highest_rank,
    cast(profiles.most_images AS BIGINT) AS most_images,
    profiles.has_published_paths,
    profiles.has_published_classes
FROM (
    VALUES
    ('imagerewarddb', 5, 2, TRUE, TRUE),
    ('votes', NULL, NULL, FALSE, FALSE)
) AS profiles (profile, highest_rank, most_images, has_published_paths, has_published_classes)
