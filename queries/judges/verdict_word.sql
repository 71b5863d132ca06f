-- name: verdict_word
-- The word of a verdict on two images, first, second or tie, of what judges write; NULL if it is anything else.
-- Read are these three words, A, B and C (a tie), A>B, A>>B, B>A, B>>A and A=B, all of them also in [[ ]], and model_a, model_b and
-- tie (bothbad), in any case and with blanks around them. Numbers are not: 1 is the first image in some files, and the second in others.
-- param input_verdict: what a judge wrote; NULL gives NULL
-- reads: normal_text
-- source: Zheng et al. 2023, arXiv 2306.05685, appendix A (A, B and C in [[ ]])
CREATE OR REPLACE MACRO verdict_word(input_verdict VARCHAR) AS
CASE
    WHEN replace(replace(normal_text(input_verdict), '[', ''), ']', '') IN ('first', 'a', 'a>b', 'a>>b', 'model_a')
        THEN 'first'
    WHEN replace(replace(normal_text(input_verdict), '[', ''), ']', '') IN ('second', 'b', 'b>a', 'b>>a', 'model_b')
        THEN 'second'
    WHEN replace(replace(normal_text(input_verdict), '[', ''), ']', '') IN ('tie', 'c', 'a=b', 'tie (bothbad)')
        THEN 'tie'
END
