"""The daily page: what was said, what we think of it, and what a person decided.

`app` puts it together, `desk` is what every page is given, `guard` what keeps strangers out, `signing` who is
who; each page is a file, and its words are in `templates/`. Every page works without JavaScript.
"""
