-- name: audit_checks
-- One row per check of the labels, most severe first; each is also a macro and a query, whose rows are its findings.
-- severity is error (the row cannot be right), warning (it may be right, but is worth a look) or note (normal, but good to know).
-- The last two are of data with votes only, by the profile of the audit, and some are not: there an image may be in several prompts.
-- returns: place INTEGER, check_name VARCHAR, severity VARCHAR, meaning VARCHAR
-- reads: audit_profile
CREATE OR REPLACE VIEW audit_checks AS
SELECT
    checks.place,
    checks.check_name,
    checks.severity,
    CASE
        WHEN audit_profile.profile = 'votes' AND checks.check_name = 'wrong_ranks'
            THEN 'images with a rank below 1 or above the number of images of the prompt'
        ELSE checks.meaning
    END AS meaning
FROM (
    VALUES
    (1, 'keyless_rows', 'error', 'rows without image_path or prompt_id, which are left out everywhere else'),
    (2, 'mixed_prompts', 'error', 'prompts with different prompt texts, classifications or parts'),
    (3, 'wrong_amounts', 'error', 'prompts whose number of images differs from image_amount_in_total'),
    (4, 'wrong_ranks', 'error', 'images with a rank below 1 or above 5'),
    (5, 'wrong_ratings', 'error', 'ratings of any kind below 1 or above 7'),
    (6, 'repeated_images', 'error', 'image paths that occur in more than one row'),
    (7, 'shared_images', 'error', 'images, by image_id, that occur in more than one split'),
    (8, 'misplaced_images', 'error', 'images whose path names a different split than their row, or two splits'),
    (9, 'broken_images', 'error', 'images whose file is missing, empty or corrupt'),
    (10, 'miscounted_pairs', 'error', 'prompts with more or fewer pairs than their ranked images make'),
    (11, 'unranked_images', 'warning', 'images without a rank, which are in no pair'),
    (12, 'crowded_ranks', 'warning', 'ranks that more than two images of a prompt share'),
    (13, 'rating_conflicts', 'warning', 'pairs whose better image has the lower overall rating'),
    (
        14,
        'shared_prompts',
        'warning',
        'prompt texts, ignoring case and whitespace, that occur in more than one split'
    ),
    (15, 'lookalike_prompts', 'warning', 'prompt texts that look equal, but differ in characters that show nothing'),
    (16, 'unknown_classes', 'warning', 'images whose classification is not one of the twelve published ones'),
    (17, 'odd_paths', 'warning', 'image paths that are absolute or have backslashes or dots, or, in train, no part'),
    (18, 'skipped_ranks', 'note', 'prompts that skip a rank, or have no image at rank 1'),
    (19, 'repeated_prompts', 'note', 'annotations of prompt texts that have several prompt ids'),
    (20, 'predictive_places', 'note', 'places in the files at which a best image stands more often than by chance'),
    (21, 'contradictory_votes', 'warning', 'annotators who voted on a pair more than once, with other answers'),
    (22, 'swapped_pairs', 'note', 'pairs of images that the source names in both orders')
) AS checks (place, check_name, severity, meaning)
CROSS JOIN audit_profile
WHERE
    (audit_profile.profile = 'votes' OR checks.check_name NOT IN ('contradictory_votes', 'swapped_pairs'))
    AND (
        audit_profile.profile <> 'votes'
        OR checks.check_name NOT IN ('repeated_images', 'crowded_ranks', 'unknown_classes')
    )
