"""Put files into the site, remove those that no page uses any more, and report what was done.

The portfolio and the render plan go in; files in the output folder and `build-report.json` come out.
"""
