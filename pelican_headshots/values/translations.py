"""The texts of the interface in one language, for the template functions that translate."""

from __future__ import annotations

import re
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from .geometry import Value


class Translations(Value, frozen=True):
    """One translations file. `merge_translations` fills its empty fields from another.

    *months* are the twelve names of the months; the dates are patterns of %d (day), %m (name of the month) and %y (year).
    """

    language: str = ""
    direction: Literal["", "ltr", "rtl"] = ""
    months: Annotated[tuple[str, ...], Meta(min_length=12, max_length=12)] = ()
    full_date: str = ""
    month_date: str = ""
    phrases: dict[str, str] = {}

    def translate(self, key: str, **values: object) -> str:
        """Return the phrase *key* as plain text, with each `{name}` replaced by the value of that name.

        Raises:
            KeyError: No translations file has this key.
        """
        return re.sub(r"\{(\w+)\}", lambda found: str(values.get(found[1], found[0])), self.phrases[key])

    def format_photo_count(self, n: int) -> str:
        """Return the number of photos as a phrase."""
        return self.translate("one_photo" if n == 1 else "photo_count", n=n)

    def format_date(self, iso: str) -> str:
        """Return an ISO 8601 date in words, as precise as it is given; anything else is returned unchanged."""
        found = re.match(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?(?:T|$)", iso)
        if not found:
            return iso
        year, month, day = found.groups()
        if not month or not 1 <= int(month) <= 12:
            return year
        pattern = self.full_date if day else self.month_date
        parts = {"d": str(int(day or 0)), "m": self.months[int(month) - 1], "y": year}
        return re.sub("%([dmy])", lambda part: parts[part[1]], pattern)


def format_years(dates: list[str] | tuple[str, ...]) -> str:
    """Return the range of years in *dates* (ISO 8601), such as `2019–2026` or `2024`; empty without any year."""
    found = sorted({date[:4] for date in dates if re.match(r"\d{4}", date)})
    if not found:
        return ""
    return found[0] if len(found) == 1 else f"{found[0]}–{found[-1]}"


def merge_translations(base: Translations, overrides: Translations) -> Translations:
    """Return *overrides*, with everything that it leaves out taken from *base*."""
    given = {name: value for name, value in msgspec.structs.asdict(overrides).items() if value}
    return msgspec.structs.replace(base, **given | {"phrases": {**base.phrases, **overrides.phrases}})
