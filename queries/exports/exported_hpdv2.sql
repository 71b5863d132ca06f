-- name: exported_hpdv2
-- Which choices and rankings are in an export, in the fields of HPDv2?
-- Prompts are in the order of the source; of each, its ranking comes first, then the choices in the order of their votes. See the
-- macro hpdv2_objects.
-- param split: train, validation or test, or several as in 'train,test'; all splits unless given
-- param subset: 1k, 2k, 4k or 8k; every image unless given
-- param from_draw: start of the range of draws of prompts, see prompt_draws; 0 unless given
-- param to_draw: end of the range, excluded; 1 unless given
-- param seed: a whole number; another one gives other draws; 0 unless given
-- param stratified: whether to sample the same share of each classification; off unless given
-- returns: human_preference, prompt, choice_paths, user_hash, image_path, rank, raw_annotations, prompt_id
-- important: prompt, choice_paths, human_preference, image_path, rank
-- reads: hpdv2_objects, whole_number
-- source: README of the HPSv2 repository
-- spark: no, a cluster writes no JSON of HPDv2
SELECT
    human_preference,
    prompt,
    choice_paths,
    user_hash,
    image_path,
    rank,
    list_transform(
        list_zip(annotator_ranks, annotators),
        LAMBDA annotation: struct_pack(rank := annotation[1], user_hash := annotation[2])
    ) AS raw_annotations,
    prompt_id
FROM
    hpdv2_objects(
        $split::VARCHAR,
        $subset::VARCHAR,
        $from_draw::DOUBLE,
        $to_draw::DOUBLE,
        whole_number($seed),
        $stratified::BOOLEAN
    )
ORDER BY prompt_row, vote_index, choice
