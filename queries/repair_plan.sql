-- name: repair_plan
-- Which archive and member of DiffusionDB hold the original of each broken image?
-- Inferred from names, and not looked up; see the macro. No image is read: `--images FILE` adds what `irdb verify -o FILE` has found.
-- param split: train, validation or test; all splits unless given
-- returns: split, prompt_id, prompt, image_path, status, detail, archive, member, problem, row_index
-- reads: repair_plan
SELECT *
FROM repair_plan($split::VARCHAR)
ORDER BY row_index
