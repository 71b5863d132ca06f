-- name: uuid_in_path
-- The UUID that the last part of a path is, up to its first dot, in lower case; empty if it is none.
-- param input_path: a path or file name, with / or \ between its parts; NULL gives NULL
CREATE OR REPLACE MACRO uuid_in_path(input_path VARCHAR) AS
lower(
    regexp_extract(
        input_path, '(^|[/\\])([0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})(\.[^/\\]*)?$', 2
    )
)
