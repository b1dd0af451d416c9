"""Put files into the site, remove what it no longer names, and report what was done."""
