-- name: audit_checks
-- The checks of the labels, worst first: each is a macro and a query of that name, whose rows are its findings.
-- severity is error (the row cannot be right), warning (it may be right, and is worth a look) or note (normal, and good to know).
-- returns: place, check_name, severity, meaning
CREATE OR REPLACE VIEW audit_checks AS
SELECT
    checks.place,
    checks.check_name,
    checks.severity,
    checks.meaning
FROM (
    VALUES
    (1, 'keyless_rows', 'error', 'rows without image_path or prompt_id, which are left out everywhere else'),
    (2, 'mixed_prompts', 'error', 'prompts whose rows disagree on prompt, classification or part'),
    (3, 'wrong_amounts', 'error', 'prompts with another number of images than image_amount_in_total says'),
    (4, 'wrong_ranks', 'error', 'images with a rank below 1 or above 5'),
    (5, 'wrong_ratings', 'error', 'ratings of any kind below 1 or above 7'),
    (6, 'repeated_images', 'error', 'image paths that stand in more than one row'),
    (7, 'shared_images', 'error', 'images, by image_id, that stand in more than one split'),
    (8, 'misplaced_images', 'error', 'images with a path that names another split than their row, or two splits'),
    (9, 'broken_images', 'error', 'images with a file that is known to be missing, empty or corrupt'),
    (10, 'unranked_images', 'warning', 'images without a rank, which make no pair'),
    (11, 'crowded_ranks', 'warning', 'ranks of a prompt that more than two images have'),
    (12, 'rating_conflicts', 'warning', 'pairs whose better image has the lower overall rating'),
    (
        13,
        'shared_prompts',
        'warning',
        'prompt texts, but for case and white space, that stand in more than one split'
    ),
    (14, 'unknown_classes', 'warning', 'images with a classification that is none of the twelve'),
    (15, 'skipped_ranks', 'note', 'prompts that skip a rank, or have no image at rank 1'),
    (16, 'repeated_prompts', 'note', 'annotations of a prompt text that has several prompt ids')
) AS checks (place, check_name, severity, meaning)
