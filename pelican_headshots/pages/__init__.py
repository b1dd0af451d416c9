"""What templates get: view objects, structured data, alternative text, sitemap, vCards, translations."""
