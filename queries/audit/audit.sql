-- name: audit
-- What is wrong with the labels, and how often?
-- Each check is a query of the same name, whose rows are the findings. A check of columns that are empty, such as the ratings of a
-- ranking file, finds nothing.
-- param split: train, validation or test, or several as in 'train,test'; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- returns: place, check_name, severity, findings, meaning
-- start with: yes
-- reads: audit_checks, audit_counts
SELECT
    checks.place,
    checks.check_name,
    checks.severity,
    counts.findings,
    checks.meaning
FROM audit_checks AS checks
INNER JOIN audit_counts($split::VARCHAR, $subset::VARCHAR) AS counts ON checks.check_name = counts.check_name
ORDER BY checks.place
