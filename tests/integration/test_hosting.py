"""The recipes that `init` writes keep the cache between builds: each is run by the documented rules of its host.

A host checks the repository out into an empty folder, restores its cache, runs the commands and saves the cache. No host is
asked; its rules for caches are written down here. Installing is left out: the commands find what is installed for the tests.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from PIL import Image

from pelican_headshots.cli import main
from tests.support.site import REPOSITORY

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="all hosts build on Linux, with a shell")


class Host(ABC):
    """Builds a repository as a host does, each time in another folder."""

    def __init__(self, repository: Path, folder: Path) -> None:
        self.repository, self.folder, self.builds = repository, folder, 0
        self.cache = folder / "cache"
        self.cache.mkdir(parents=True)
        commands = folder / "bin"
        commands.mkdir()
        for name, module in {"pelican": "pelican", "pelican-headshots": "pelican_headshots"}.items():
            self._add_command(commands / name, f'exec "{sys.executable}" -m {module} "$@"')
        for name in ("pip", "apt-get"):
            self._add_command(commands / name, f'case "$1" in install|update) exit 0;; esac; echo {name} "$@"; exit 1')
        self.env = {**os.environ, "PATH": f"{commands}:{os.environ['PATH']}", "PYTHONPATH": str(REPOSITORY)}

    def _add_command(self, path: Path, script: str) -> None:
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def build(self) -> dict[str, int]:
        """Check the repository out, build and publish, and return the summary of the build report."""
        self.builds += 1
        checkout = self.folder / f"checkout {self.builds}"
        subprocess.run(["git", "clone", "--quiet", self.repository, checkout], check=True)
        self.run_recipe(checkout)
        published = self.folder / "published"
        assert (published / "index.html").exists()
        assert list(published.glob("pictures/**/*.avif"))
        assert (published / ".well-known" / "security.txt").exists()
        summary: dict[str, int] = json.loads((checkout / "build-report.json").read_bytes())["summary"]
        shutil.rmtree(checkout)
        return summary

    @abstractmethod
    def run_recipe(self, checkout: Path) -> None:
        """Do what the host does with its configuration file in *checkout*."""

    def run(self, script: str, checkout: Path, shell: tuple[str, ...], env: dict[str, str] | None = None) -> None:
        subprocess.run([*shell, script], cwd=checkout, env={**self.env, **(env or {})}, check=True)

    def publish(self, folder: Path, *dropped: str) -> None:
        """Publish *folder* without the files and folders whose names match a pattern in *dropped*."""
        shutil.rmtree(self.folder / "published", ignore_errors=True)
        shutil.copytree(folder, self.folder / "published", ignore=shutil.ignore_patterns(*dropped))


class GitHub(Host):
    """GitHub Actions: actions/cache restores an entry with the exact key, or else the newest whose key begins with `key`, or
    with each of `restore-keys` in turn. After a job that succeeded it saves, unless the exact key was there: entries never
    change. From its version 4, actions/upload-pages-artifact drops hidden files, unless `include-hidden-files` is true.
    """

    def run_recipe(self, checkout: Path) -> None:
        workflow = yaml.safe_load((checkout / ".github" / "workflows" / "publish.yml").read_text())
        (job,) = workflow["jobs"].values()
        self.values = {
            "github.run_id": str(16_000_000_000 + self.builds),
            "steps.pages.outputs.base_url": "https://ada.example/site",
            "secrets.CLOUDFLARE_API_TOKEN": "token",
            "secrets.CLOUDFLARE_ACCOUNT_ID": "account",
            "vars.CLOUDFLARE_PROJECT": "night-work",
        }
        after: list[Callable[[], object]] = []
        for step in job["steps"]:
            if "run" in step:
                env = {name: self._expand(value) for name, value in step.get("env", {}).items()}
                self.run(self._expand(step["run"]), checkout, ("bash", "-e", "-c"), env)
                continue
            options = {name: self._expand(str(value)) for name, value in step.get("with", {}).items()}
            action, _, version = step["uses"].partition("@")
            match action:
                case "actions/cache":
                    after.append(self._restore(options, checkout))
                case "actions/upload-pages-artifact":
                    keeps_hidden = version == "v3" or options.get("include-hidden-files") == "True"
                    self.publish(checkout / options["path"], *(() if keeps_hidden else (".*",)))
                case "cloudflare/wrangler-action":
                    command = re.fullmatch(r"pages deploy (\S+) --project-name=night-work", options["command"])
                    assert command
                    assert (options["apiToken"], options["accountId"]) == ("token", "account")
                    self.publish(checkout / command[1])
                case _:
                    assert action in {
                        "actions/checkout",
                        "actions/setup-python",
                        "actions/configure-pages",
                        "actions/deploy-pages",
                    }
        for save in after:
            save()

    def _expand(self, text: str) -> str:
        return re.sub(r"\$\{\{ (\S+) \}\}", lambda match: self.values[match[1]], text)

    def _restore(self, options: dict[str, str], checkout: Path) -> Callable[[], object]:
        key, exact = options["key"], self.cache / options["key"]
        entries = sorted(self.cache.iterdir(), key=lambda path: path.stat().st_mtime_ns, reverse=True)
        prefixes = [key, *options.get("restore-keys", "").split()]
        found = next((entry for prefix in prefixes for entry in entries if entry.name.startswith(prefix)), None)
        if exact.exists():
            found = exact
        if found:
            with tarfile.open(found) as archive:
                archive.extractall(checkout, filter="data")
        had_exact_key = exact.exists()

        def save() -> None:
            if not had_exact_key:
                with tarfile.open(exact, "x") as archive:
                    archive.add(checkout / options["path"], options["path"])

        return save


class GitLab(Host):
    """GitLab CI: the archive of a key is unpacked before the script, and replaced after one that succeeded. Paths lie in the
    project. GitLab Pages publishes the folder `public` of a job named `pages`.
    """

    def run_recipe(self, checkout: Path) -> None:
        job = yaml.safe_load((checkout / ".gitlab-ci.yml").read_text())["pages"]
        key = job["cache"]["key"]
        assert re.fullmatch(r"[\w-]+", key), "the same for every build"
        archive = self.cache / f"{key}-protected.zip"
        if archive.exists():
            shutil.unpack_archive(archive, checkout)  # which gives each file a new mtime
        script = "\n".join(job["script"])
        self.run(script, checkout, ("bash", "-e", "-c"), {"CI_PAGES_URL": "https://ada.example/site/"})
        (path,) = job["cache"]["paths"]
        shutil.make_archive(str(archive.with_suffix("")), "zip", checkout, path)
        assert job["artifacts"]["paths"] == ["public"]
        self.publish(checkout / "public")


NETLIFY_BUILD = """
import { cpSync, existsSync, rmSync } from "node:fs";
const [plugin, event, cached] = process.argv.slice(1);
const copy = (from, to) => {
  if (!existsSync(from)) return false;
  rmSync(to, { recursive: true, force: true });
  cpSync(from, to, { recursive: true });
  return true;
};
const cache = {
  restore: async (path) => copy(`${cached}/${path}`, path),
  save: async (path) => copy(path, `${cached}/${path}`),
};
await (await import(plugin))[event]({ utils: { cache } });
"""
"""Calls an event of a build plugin. What its `utils.cache` copies has new times."""


class Netlify(Host):
    """Netlify: a build plugin in the repository restores before the build command, and saves after one that succeeded."""

    def run_recipe(self, checkout: Path) -> None:
        if not shutil.which("node"):
            pytest.skip("no Node.js on this machine: apt install nodejs")
        settings = tomllib.loads((checkout / "netlify.toml").read_text())
        (plugin,) = settings["plugins"]
        folder = checkout / plugin["package"].removeprefix("/")
        assert yaml.safe_load((folder / "manifest.yml").read_text())["name"]
        env = {**settings["build"]["environment"], "URL": "https://ada.example"}
        self._call_plugin(folder, "onPreBuild", checkout)
        self.run(settings["build"]["command"], checkout, ("bash", "-e", "-c"), env)
        self._call_plugin(folder, "onPostBuild", checkout)
        self.publish(checkout / settings["build"]["publish"])

    def _call_plugin(self, folder: Path, event: str, checkout: Path) -> None:
        script = ["node", "--input-type=module", "-e", NETLIFY_BUILD, str(folder / "index.js"), event, str(self.cache)]
        subprocess.run(script, cwd=checkout, check=True)


def _copy_smaller(original: Path, folder: Path) -> None:
    with Image.open(original) as picture:
        picture.thumbnail((640, 640))
        picture.save(folder / original.name, quality=90)


def _git(repository: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
    subprocess.run(["git", *identity, *arguments], cwd=repository, check=True, capture_output=True)


@pytest.mark.parametrize(
    ("name", "host_class"),
    [
        ("github", GitHub),
        pytest.param("gitlab", GitLab, marks=pytest.mark.slow),
        pytest.param("netlify", Netlify, marks=pytest.mark.slow),
        pytest.param("cloudflare", GitHub, marks=pytest.mark.slow),
    ],
)
def test_a_build_at_a_host_does_only_what_the_build_before_it_did_not(
    name: str, host_class: type[Host], tmp_path: Path, demo_photos: Path
) -> None:
    repository = tmp_path / "repository"
    assert main.main(["init", str(repository), "--yes", "--host", name]) == 0
    originals = sorted(demo_photos.rglob("*.jpg"))[:3]
    photos = repository / "content" / "photos" / "night"
    photos.mkdir()
    for original in originals[:2]:
        _copy_smaller(original, photos)
    (repository / "content" / "extra").mkdir()
    (repository / "content" / "extra" / "security.txt").write_text("Contact: mailto:ada@example.com\n")
    with (repository / "pelicanconf.py").open("a") as settings:
        settings.write('STATIC_PATHS = ["extra"]\n')
        settings.write('EXTRA_PATH_METADATA = {"extra/security.txt": {"path": ".well-known/security.txt"}}\n')
    _git(repository, "init", "--quiet", "--initial-branch=main")
    _git(repository, "add", "--all")
    _git(repository, "commit", "--message=Two photos")
    host = host_class(repository, tmp_path / "host")

    first = host.build()
    assert (first["built"], first["analyzed"]) == (2, 2)
    assert first["encoded"] > 0

    again = host.build()
    assert (again["built"], again["analyzed"], again["encoded"]) == (2, 0, 0)

    _copy_smaller(originals[2], photos)
    _git(repository, "add", "--all")
    _git(repository, "commit", "--message=A third")
    third = host.build()
    assert (third["built"], third["analyzed"]) == (3, 1)
    assert 0 < third["encoded"] < first["encoded"]

    last = host.build()
    assert (last["built"], last["analyzed"], last["encoded"]) == (3, 0, 0), "the cache was not saved the second time"


def test_nothing_of_the_cache_is_in_the_repository(tmp_path: Path) -> None:
    assert main.main(["init", str(tmp_path), "--yes"]) == 0
    _git(tmp_path, "init", "--quiet")
    for name in (".headshots/cache.sqlite3", "output/index.html", "public/index.html", "build-report.json"):
        _git(tmp_path, "check-ignore", name)
