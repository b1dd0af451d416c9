"""Lets Pelican find the plugin without `PLUGINS`: the wheel has this file as pelican/plugins/headshots/__init__.py."""

from pelican_headshots import register

__all__ = ["register"]
