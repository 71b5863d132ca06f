-- name: audit_profile
-- The row of audit_profiles by which the data is checked: that of ImageRewardDB, or of votes where the source has votes.
-- returns: profile VARCHAR, highest_rank TINYINT, most_images BIGINT, has_published_paths BOOLEAN, has_published_classes BOOLEAN
-- reads: audit_profiles
CREATE OR REPLACE VIEW audit_profile AS
SELECT
    profile,
    highest_rank,
    most_images,
    has_published_paths,
    has_published_classes
FROM audit_profiles
WHERE profile = 'imagerewarddb'
