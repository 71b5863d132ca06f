"""Reports: Markdown templates that ask a database, written as Markdown, HTML or JSON.

A report is one file, `templates/NAME.md.jinja`, whose first line is a comment with its summary (`catalog` finds them).
`render` fills it from a `TemplateContext`, which asks the questions, with a `Renderer` of the format.
"""
