-- name: visible_text
-- Text without the characters that show nothing: zero width, joiners, soft hyphens, tags, variation selectors, fillers, direction.
-- These are the code points that Unicode calls default ignorable, and the blank Braille pattern. Spaces and line ends are kept.
-- param input_text: text; NULL gives NULL
-- source: Unicode, DerivedCoreProperties, Default_Ignorable_Code_Point
CREATE OR REPLACE MACRO visible_text(input_text VARCHAR) AS
regexp_replace(
    regexp_replace(
        regexp_replace(
            input_text,
            '[\x{AD}\x{34F}\x{61C}\x{115F}\x{1160}\x{17B4}\x{17B5}\x{180B}-\x{180F}\x{200B}-\x{200F}]',
            '',
            'g'
        ),
        '[\x{202A}-\x{202E}\x{2060}-\x{206F}\x{2800}\x{3164}\x{FE00}-\x{FE0F}\x{FEFF}\x{FFA0}\x{FFF0}-\x{FFFB}]',
        '',
        'g'
    ),
    '[\x{1BCA0}-\x{1BCA3}\x{1D173}-\x{1D17A}\x{E0000}-\x{E0FFF}]',
    '',
    'g'
)
