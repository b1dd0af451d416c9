"""The documents of the repository: their code samples, links and headings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markdown.extensions.toc import slugify
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.support.site import REPOSITORY

DOCS = REPOSITORY / "docs"
STARTER_README = REPOSITORY / "pelican_headshots" / "cli" / "starter" / "site" / "README.md"
DOCUMENTS = (
    *sorted(REPOSITORY.glob("*.md")),
    STARTER_README,
    *sorted((REPOSITORY / "tools").rglob("*.md")),
    *sorted(DOCS.rglob("*.md")),
)
COMMAND_LANGUAGES = ("console", "sh", "bash", "shell")
INDENTED_COMMAND = re.compile(
    r"(\$ )?(pelican|pelican-headshots|pip|pipx|uv|uvx|python3?|make|apt|git|cp|mkdir|ln|cd) "
)


@dataclass(frozen=True)
class Sample:
    """A block of code in a document."""

    page: Path
    line: int
    language: str
    """As written behind the fence; guessed for indented settings and commands, else empty."""
    title: str
    """The name of the file that the block is, if the document says so: `title="my.css"`."""
    text: str

    def __str__(self) -> str:
        """Return where the sample is: the name of a test."""
        return f"{self.page.relative_to(REPOSITORY)}:{self.line}"

    def list_commands(self) -> list[str]:
        """Return what is typed into a terminal: lines that begin with `$`, or all of them if none does."""
        lines = [
            line for line in self.text.replace("\\\n", " ").splitlines() if line.strip() and not line.startswith("#")
        ]
        typed = [line[2:] for line in lines if line.startswith("$ ")]
        return typed or ([] if self.language == "console" else lines)


@cache
def parse_document(page: Path) -> tuple[Token, ...]:
    """Return the tokens of a document, inline ones included."""
    tokens = MarkdownIt("commonmark").enable("table").parse(page.read_text(encoding="utf-8"))
    return tuple(each for token in tokens for each in (token, *(token.children or ())))


@cache
def read_samples(page: Path) -> tuple[Sample, ...]:
    """Return the code blocks of a document."""
    samples = []
    for token in parse_document(page):
        if token.type in ("fence", "code_block") and token.map:
            language, _, rest = token.info.partition(" ")
            if token.type == "code_block":
                is_setting = token.content.startswith("HEADSHOTS")
                language = "python" if is_setting else "sh" if INDENTED_COMMAND.match(token.content) else ""
            title = re.fullmatch(r'title="([^"]+)"', rest.strip())
            samples.append(Sample(page, token.map[0] + 1, language, title[1] if title else rest, token.content))
    return tuple(samples)


def read_titled_samples(page: Path) -> dict[str, str]:
    """Return the files that a document shows: name → contents."""
    return {sample.title: sample.text for sample in read_samples(page) if sample.title}


def iterate_links(page: Path) -> Iterator[str]:
    """Return the targets of all links and pictures of a document."""
    for token in parse_document(page):
        target = token.attrGet("href" if token.type == "link_open" else "src")
        if token.type in ("link_open", "image") and isinstance(target, str):
            yield target


def iterate_code(page: Path, *, with_links: bool = True) -> Iterator[str]:
    """Return the texts in sentences that are set as code."""
    depth = 0
    for token in parse_document(page):
        depth += {"link_open": 1, "link_close": -1}.get(token.type, 0)
        if token.type == "code_inline" and (with_links or depth == 0):
            yield token.content


def find_commands(pages: Iterable[Path]) -> list[tuple[str, str]]:
    """Return the commands in the blocks of documents and, if they are ours, in their sentences, with the place of each."""
    commands = {
        (str(sample), line)
        for page in pages
        for sample in read_samples(page)
        if sample.language in COMMAND_LANGUAGES
        for line in sample.list_commands()
    }
    for page in pages:
        commands |= {(page.name, text) for text in iterate_code(page) if re.match(r"pelican-headshots [a-z]", text)}
    return sorted(commands)


@cache
def find_anchors(page: Path) -> frozenset[str]:
    """Return the anchors of the headings of a document that MkDocs and code hosts write alike."""
    tokens = parse_document(page)
    anchors = set()
    for heading, inline in zip(tokens, tokens[1:], strict=False):
        if heading.type == "heading_open":
            text = "".join(child.content for child in inline.children or ())
            on_code_hosts = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
            if on_code_hosts == slugify(text, "-"):
                anchors.add(on_code_hosts)
    return frozenset(anchors)
