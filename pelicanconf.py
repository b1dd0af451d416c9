"""The demo site: The Plaster Studio, a studio whose people are made of clay and plaster."""

import pelican_headshots

SITENAME = "The Plaster Studio"
SITESUBTITLE = "Portraits in clay, plaster and light"
AUTHOR = "The Plaster Studio"
SITEURL = ""
PATH = "content"
TIMEZONE = "Europe/Brussels"
DEFAULT_LANG = "en"

PLUGINS = ["pelican_headshots"]
THEME = pelican_headshots.theme_path()
HEADSHOTS = {
    "rights": {
        "creator": "The Plaster Studio",
        "credit": "The Plaster Studio",
        "copyright": "CC0 1.0, The Plaster Studio",
        "web_statement": "https://creativecommons.org/publicdomain/zero/1.0/",
    },
}

PAGE_URL = "{slug}/"
PAGE_SAVE_AS = "{slug}/index.html"
ARTICLE_URL = "journal/{slug}/"
ARTICLE_SAVE_AS = "journal/{slug}/index.html"
FEED_ALL_ATOM = None
CATEGORY_FEED_ATOM = None
TRANSLATION_FEED_ATOM = None
AUTHOR_FEED_ATOM = None
AUTHOR_FEED_RSS = None
