"""Reports: Jinja2 templates filled with answers, as HTML, Markdown or JSON."""
