"""The daily page: what was said, what we think of it, and what a person decided.

`app` puts it together, `context` is what every page is given, `middleware` what keeps strangers out, `auth` who is
who; a folder is a topic, its modules are the pages, and their words are in `templates/`. Every page works without
JavaScript. docs/adding-a-page.md says how a page is made.
"""
