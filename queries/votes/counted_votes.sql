-- name: counted_votes
-- One row per unordered pair of images with votes: their counts, by row numbers, and all that vote_pairs and voted_pairs say.
-- better is the image with more votes, by weight; of as many, the one with the smaller image_path. share is the weighted share of the
-- better image, a tied vote being half for each. A pair is tied if share is within tie_margin of one half, which is compared exactly,
-- to 9 decimal places. is_ranked tells whether both images have a rank.
-- param min_votes: smallest number of votes of a pair; NULL counts as 1
-- param tie_margin: largest distance of share from one half of a tied pair; NULL and less than 0 count as 0
-- returns: split VARCHAR, part SMALLINT, prompt_id VARCHAR, prompt VARCHAR, classification VARCHAR, better_path VARCHAR, worse_path VARCHAR, better_generator VARCHAR, worse_generator VARCHAR, votes BIGINT, better_votes BIGINT, worse_votes BIGINT, tied_votes BIGINT, share DOUBLE, is_tied BOOLEAN, is_ranked BOOLEAN, better_row BIGINT, worse_row BIGINT
-- reads: source_votes, images
CREATE OR REPLACE MACRO counted_votes(
    min_votes BIGINT := 1,
    tie_margin DOUBLE := 0
) AS TABLE
    WITH oriented AS (
        SELECT
            least(first_row, second_row) AS early_row,
            greatest(first_row, second_row) AS late_row,
            CASE WHEN first_row < second_row THEN first_votes ELSE second_votes END AS early_votes,
            CASE WHEN first_row < second_row THEN second_votes ELSE first_votes END AS late_votes,
            tied_votes,
            cast(coalesce(weight, 1) AS DECIMAL(18, 9)) AS vote_weight
        FROM source_votes
    ),

    counted AS (
        SELECT
            early_row,
            late_row,
            cast(sum(early_votes) AS BIGINT) AS early_votes,
            cast(sum(late_votes) AS BIGINT) AS late_votes,
            cast(sum(tied_votes) AS BIGINT) AS tied_votes,
            sum(vote_weight * early_votes) AS early_weight,
            sum(vote_weight * late_votes) AS late_weight,
            sum(vote_weight * (early_votes + late_votes + tied_votes)) AS all_weight
        FROM oriented
        GROUP BY early_row, late_row
    ),

    judged AS (
        SELECT
            *,
            abs(early_weight - late_weight)
            <= 2 * cast(greatest(coalesce(tie_margin, 0), 0) AS DECIMAL(10, 9)) * all_weight AS is_tied
        FROM counted
        WHERE early_votes + late_votes + tied_votes >= greatest(coalesce(min_votes, 1), 1) AND all_weight > 0
    ),

    placed AS (
        SELECT
            judged.*,
            early_images.split,
            early_images.prompt_id,
            early_images.image_path AS early_path,
            late_images.image_path AS late_path,
            early_images.part AS early_part,
            late_images.part AS late_part,
            early_images.prompt AS early_prompt,
            late_images.prompt AS late_prompt,
            early_images.classification AS early_classification,
            late_images.classification AS late_classification,
            early_images.generator AS early_generator,
            late_images.generator AS late_generator,
            early_images.rank IS NOT NULL AND late_images.rank IS NOT NULL AS is_ranked,
            judged.early_weight > judged.late_weight
            OR (
                judged.early_weight = judged.late_weight
                AND early_images.image_path <= late_images.image_path
            ) AS is_early_better
        FROM judged
        INNER JOIN images AS early_images ON judged.early_row = early_images.row_index
        INNER JOIN images AS late_images ON judged.late_row = late_images.row_index
    )

    SELECT
        split,
        CASE WHEN is_early_better THEN early_part ELSE late_part END AS part,
        prompt_id,
        CASE WHEN is_early_better THEN early_prompt ELSE late_prompt END AS prompt,
        CASE WHEN is_early_better THEN early_classification ELSE late_classification END AS classification,
        CASE WHEN is_early_better THEN early_path ELSE late_path END AS better_path,
        CASE WHEN is_early_better THEN late_path ELSE early_path END AS worse_path,
        CASE WHEN is_early_better THEN early_generator ELSE late_generator END AS better_generator,
        CASE WHEN is_early_better THEN late_generator ELSE early_generator END AS worse_generator,
        early_votes + late_votes + tied_votes AS votes,
        CASE WHEN is_early_better THEN early_votes ELSE late_votes END AS better_votes,
        CASE WHEN is_early_better THEN late_votes ELSE early_votes END AS worse_votes,
        tied_votes,
        (cast(abs(early_weight - late_weight) AS DOUBLE) / cast(all_weight AS DOUBLE) + 1) / 2 AS share,
        is_tied,
        is_ranked,
        CASE WHEN is_early_better THEN early_row ELSE late_row END AS better_row,
        CASE WHEN is_early_better THEN late_row ELSE early_row END AS worse_row
    FROM placed
