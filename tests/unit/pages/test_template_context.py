"""Values in inline styles and in stylesheets are escaped."""

from __future__ import annotations

from pelican_headshots.pages.template_context import InlineStyles


def test_a_value_in_a_style_cannot_end_the_style() -> None:
    hostile = '--lq:red"><script>alert(1)</script>;}body{background:red'
    attribute = InlineStyles(inline=True)(hostile)
    assert attribute.count('"') == 2
    assert "<" not in attribute
    assert ">" not in attribute
    strict = InlineStyles(inline=False)
    strict(hostile)
    assert strict.build_stylesheet().count("{") == strict.build_stylesheet().count("}") == 1
    assert InlineStyles(inline=True)("--lq:#aabbcc,#001122") == ' style="--lq:#aabbcc,#001122"'
