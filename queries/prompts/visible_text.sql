-- name: visible_text
-- Text as it looks: without characters that show nothing, such as joiners, soft hyphens and tags, and with plain blanks.
-- What shows nothing are control characters, the code points that Unicode calls default ignorable, the blank Braille pattern and the
-- empty note head. Line ends and tabs are kept; no-break spaces and other blanks become a space. A text of plain ASCII, as most are,
-- is returned as it is, at once.
-- param input_text: text; NULL gives NULL
-- source: Unicode, DerivedCoreProperties, Default_Ignorable_Code_Point
CREATE OR REPLACE MACRO visible_text(input_text VARCHAR) AS
CASE
    WHEN regexp_matches(input_text, '[^\s!-~]')
        THEN
            regexp_replace(
                regexp_replace(
                    regexp_replace(
                        regexp_replace(
                            regexp_replace(
                                input_text,
                                '[\x{0}-\x{8}\x{E}-\x{1F}\x{7F}-\x{84}\x{86}-\x{9F}\x{AD}\x{34F}\x{61C}\x{115F}]',
                                '',
                                'g'
                            ),
                            '[\x{17B4}\x{17B5}\x{180B}-\x{180F}\x{200B}-\x{200F}\x{202A}-\x{202E}\x{2060}-\x{206F}]',
                            '',
                            'g'
                        ),
                        '[\x{3164}\x{FE00}-\x{FE0F}\x{FEFF}\x{FFA0}\x{FFF0}-\x{FFFB}\x{1BCA0}-\x{1BCA3}\x{1D159}]',
                        '',
                        'g'
                    ),
                    '[\x{1160}\x{2800}\x{1D173}-\x{1D17A}\x{E0000}-\x{E0FFF}]',
                    '',
                    'g'
                ),
                '[\x{A0}\x{1680}\x{2000}-\x{200A}\x{202F}\x{205F}\x{3000}]',
                ' ',
                'g'
            )
    ELSE input_text
END
