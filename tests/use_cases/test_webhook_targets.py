"""Where nothing is sent. The addresses are those of RFC 6890 and of cloud providers' metadata services."""

from ipaddress import ip_address, ip_network

import pytest

from appraise.errors import InvalidInput
from appraise.settings import Settings
from appraise.use_cases.webhook_targets import check_address, target_of

OWN = (ip_network("10.2.0.0/16"),)


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://10.0.0.1/",
        "https://172.16.3.4/",
        "https://192.168.1.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[fd00:ec2::254]/",
        "https://100.100.100.200/",
        "https://168.63.129.16/",
        "https://[fe80::1]/",
        "https://[fec0::1]/",
        "https://localhost/",
        "https://api.Localhost./",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://0/",
        "https://0.0.0.0/",
        "https://[::]/",
        "https://224.0.0.1/",
        "https://255.255.255.255/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:a00:1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "http://hr.example.org/",
        "http://93.184.216.34/",
        "ftp://hr.example.org/",
        "https:///path",
        "https://",
        "hr.example.org",
        "https://user:secret@hr.example.org/",
        "https://hr.example.org/#fragment",
        "https://hr.example.org:99999/",
        "https://hr.example.org:x/",
        "https://[::1/",
        "https://hr.example.org/\r\nx: y",
        "https://hr.example.org/ x",
        "https://hr.exämple.org/",
        "https://hr.example.org/" + "a" * 2_000,
    ],
)
def test_a_url_to_which_nothing_is_sent_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        target_of(url, ())

    assert caught.value.expected


@pytest.mark.parametrize(
    ("url", "authority", "path"),
    [
        ("https://hr.example.org", "hr.example.org", "/"),
        ("https://HR.example.org.:8443/a/b?c=d", "hr.example.org:8443", "/a/b?c=d"),
        ("https://93.184.216.34/x", "93.184.216.34", "/x"),
        ("https://[2606:2800:220:1:248:1893:25c8:1946]/", "[2606:2800:220:1:248:1893:25c8:1946]", "/"),
    ],
)
def test_a_public_host_over_tls_is_taken(url: str, authority: str, path: str) -> None:
    target = target_of(url, ())

    assert (target.authority, target.path, target.is_tls) == (authority, path, True)


def test_a_network_that_the_setting_names_is_taken_and_no_other() -> None:
    assert target_of("http://10.2.3.4:8080/", OWN).authority == "10.2.3.4:8080"
    for url in ("https://10.3.0.1/", "http://93.184.216.34/"):
        with pytest.raises(InvalidInput):
            target_of(url, OWN)


@pytest.mark.parametrize("address", ["127.0.0.1", "::ffff:10.2.3.4", "169.254.169.254"])
def test_what_a_name_means_is_looked_at_too(address: str) -> None:
    with pytest.raises(InvalidInput, match=r"hr\.example\.org is in a network of our own"):
        check_address(ip_address(address), target_of("https://hr.example.org/", ()), ())


def test_networks_are_read_from_the_setting_or_refused_by_name() -> None:
    assert Settings(webhook_networks="10.2.0.0/16, 192.168.7.9 fd00::/8").allowed_networks == tuple(
        ip_network(text) for text in ("10.2.0.0/16", "192.168.7.9/32", "fd00::/8")
    )
    with pytest.raises(InvalidInput, match="APPRAISE_WEBHOOK_NETWORKS cannot be read"):
        _ = Settings(webhook_networks="10.2.0.1/16").allowed_networks
