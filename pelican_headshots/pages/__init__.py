"""Compose what templates get: view objects, structured data, alternative text, sitemap, vCards and translations.

Folders of classified photos go in; a `Portfolio` and the text of the site's other files come out.
"""
