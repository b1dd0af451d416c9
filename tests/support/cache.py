"""A cache with known contents, and an output folder filled from it."""

from __future__ import annotations

from pathlib import Path

from pelican_headshots.cache.database import Database
from pelican_headshots.cache.store import Store
from pelican_headshots.publish.publisher import Publisher

KEY, OTHER = "ab" * 16 + ".jpg", "cd" * 16 + ".avif"


def publish(folder: Path, names: dict[str, str], pages: tuple[str, ...] = ()) -> Store:
    """Publish *names* (name in the site → key in the cache) and *pages* into `output`, as a build does."""
    store = Store(folder / "cache")
    for key in names.values():
        if not store.renditions.has(key):
            store.renditions.put(key, key.encode())
    publisher = Publisher(folder / "output", store)
    for name, key in names.items():
        publisher.add_rendition(name, key)
    for page in pages:
        publisher.add_page(page)
    publisher.publish_files()
    store.save()
    return store


def read_tree(folder: Path) -> dict[str, bytes]:
    """Return the contents of all files below *folder* by their names."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


SAVED_VALUES = {f"key{number}": b"%d" % number * (40 * number) for number in range(1, 7)}


def write_database(folder: Path) -> bytes:
    """Save a database of two kinds of records in *folder*, and return its bytes."""
    database = Database(folder / "cache.sqlite3")
    for key, value in SAVED_VALUES.items():
        database.get_records("photo").put(key, value)
        database.get_records("site").put(f"../{key}", value)
    database.save()
    return (folder / "cache.sqlite3").read_bytes()
