"""The form of a contact page: `Form:` in the page's metadata says where it is sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..support.errors import HeadshotsError
from ..values.geometry import Value

DEFAULT_HONEYPOT = "_gotcha"
"""The field that people do not see and robots fill in, under the name that most form services know."""

_MAILTO = re.compile(r"mailto:[^\s?@<>\"]+@[^\s?@<>\"]+")
_SERVICE = re.compile(r"https://[^\s<>\"]+")


class ContactFormError(HeadshotsError):
    """A page's `Form:` cannot be used; the message says what to write."""


class ContactForm(Value, frozen=True):
    """Where a form is sent. *action* is empty for Netlify, which finds forms in the pages it publishes."""

    action: str
    honeypot: str = DEFAULT_HONEYPOT

    @property
    def is_mailto(self) -> bool:
        """Whether the form opens the visitor's mail program, which knows their name and address."""
        return self.action.startswith("mailto:")


def read_contact_form(metadata: Mapping[str, Any], source: str) -> ContactForm | None:
    """Return the form that the *metadata* of the page *source* ask for; None without `Form:`.

    Raises:
        ContactFormError: `Form:` is none of the possible values.
    """
    target = str(metadata.get("form", "")).strip()
    if not target:
        return None
    honeypot = str(metadata.get("honeypot", "")).strip() or DEFAULT_HONEYPOT
    if target == "netlify":
        return ContactForm("", honeypot)
    if _MAILTO.fullmatch(target) or _SERVICE.fullmatch(target):
        return ContactForm(target, honeypot)
    raise ContactFormError(
        f"{source} has `Form: {target}`. Write the https:// address that your form service gave you, "
        "`mailto:` and your e-mail address, or `netlify`."
    )
