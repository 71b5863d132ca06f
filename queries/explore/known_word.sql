-- name: known_word
-- One of some words as it is, or NULL; any other text raises an error that lists the words.
-- param input_value: the word; NULL gives NULL
-- param argument_name: what the word is a value of
-- param allowed_words: the words, with commas between them
CREATE OR REPLACE MACRO known_word(input_value VARCHAR, argument_name VARCHAR, allowed_words VARCHAR) AS
CASE
    WHEN input_value IS NULL OR list_contains(string_split(allowed_words, ','), input_value) THEN input_value
    ELSE error(
        concat(argument_name, ' cannot be ''', input_value, '''; choose one of ', replace(allowed_words, ',', ', '))
    )
END
