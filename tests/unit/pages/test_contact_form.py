"""`Form:` of a contact page names a form service, a mail address or Netlify, and nothing else."""

from __future__ import annotations

import pytest

from pelican_headshots.pages.contact_form import ContactForm, ContactFormError, read_contact_form


def test_a_page_without_the_line_has_no_form() -> None:
    assert read_contact_form({}, "contact.md") is None


def test_a_form_is_sent_to_a_service_by_mail_or_to_netlify() -> None:
    service = read_contact_form({"form": " https://forms.example.com/f/1?a=b ", "honeypot": "botcheck"}, "contact.md")
    assert service == ContactForm("https://forms.example.com/f/1?a=b", "botcheck")
    mail = read_contact_form({"form": "mailto:ada@example.com"}, "contact.md")
    assert mail is not None
    assert mail.is_mailto
    assert read_contact_form({"form": "netlify"}, "contact.md") == ContactForm("", "_gotcha")


@pytest.mark.parametrize(
    "target",
    [
        "http://forms.example.com",
        "ada@example.com",
        "javascript:alert(1)",
        "mailto:",
        'https://a"b',
        "mailto:a@b?cc=c@d",
    ],
)
def test_any_other_target_is_refused_with_what_to_write(target: str) -> None:
    with pytest.raises(ContactFormError) as error:
        read_contact_form({"form": target}, "pages/contact.md")
    for phrase in ("pages/contact.md", target, "https://", "mailto:", "netlify"):
        assert phrase in str(error.value)
