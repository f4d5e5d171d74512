"""Origins as the URL standard serialises them (URL Standard, 4.7; RFC 6454, 6.2)."""

import pytest

from appraise.domain.origins import origin


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("https://hr.example.org", "https://hr.example.org"),
        ("https://HR.Example.org", "https://hr.example.org"),
        ("https://hr.example.org:443", "https://hr.example.org"),
        ("https://hr.example.org:8443", "https://hr.example.org:8443"),
        ("https://xn--mnchen-3ya.example", "https://xn--mnchen-3ya.example"),
        ("https://192.0.2.7", "https://192.0.2.7"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://127.0.0.1", "http://127.0.0.1"),
        ("http://[::1]:80", "http://[::1]"),
        ("https://[2001:db8::1]:444", "https://[2001:db8::1]:444"),
    ],
)
def test_an_origin_is_written_as_browsers_write_it(text: str, written: str) -> None:
    assert origin(text) == written


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "*",
        "hr.example.org",
        "http://hr.example.org",
        "https://hr.example.org/",
        "https://hr.example.org/page",
        "https://hr.example.org?x",
        "https://hr.example.org#x",
        "https://me@hr.example.org",
        "https://hr.example.org:",
        "https://hr.example.org:99999",
        "https://hr.example.org:x",
        "https://münchen.example",
        "https://*.example.org",
        "https://hr.example.org https://other.example",
        " https://hr.example.org",
        "https://hr.example.org\n",
        "https://",
        "https://[::1",
        "ftp://hr.example.org",
        "chrome-extension://abc",
    ],
)
def test_what_is_no_origin_is_refused(text: str) -> None:
    assert origin(text) is None
