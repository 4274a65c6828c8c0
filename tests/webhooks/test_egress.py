"""No request to an address inside, in whatever form somebody writes it. One test per form."""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Sequence

import pytest

from app.webhooks.egress import Guard, parse_url, resolve_name
from app.webhooks.errors import UrlRefused
from tests.waiting import PATIENCE

# What the tests' DNS says.
NAMES = {
    "example.com": ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"],
    "example.com.": ["93.184.215.14"],
    "localhost": ["::1", "127.0.0.1"],
    "localhost.": ["127.0.0.1"],
    "inside.example.com": ["10.1.2.3"],
    "mixed.example.com": ["93.184.215.14", "192.168.0.1"],
    "mixed6.example.com": ["93.184.215.14", "::1"],
    "mapped.example.com": ["::ffff:127.0.0.1"],
    "zone.example.com": ["fe80::1%eth0"],
    "metadata.google.internal": ["169.254.169.254"],
    "nonsense.example.com": ["not an address"],
}

NUMBERS = [
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0X7F000001", "0x7f.0.0.1",
    "0177.0.0.1", "017700000001", "127.0.0.1.", "127.1.", "0.0.0.0", "0", "0x0", "00",
    "localhost", "LOCALHOST", "localhost.", "127.255.255.254", "127.0.0.1.0", "256.256.256.256",
    "1.2.3.256", "0x", "example.0x7f", "1.2.3.4.5", "93.184.0xd7.14",
]  # fmt: skip
IPV6 = [
    "::1", "::", "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:93.184.215.14",
    "::127.0.0.1", "::7f00:1", "::ffff:0:127.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::7f00:1",
    "64:ff9b:1::7f00:1", "2002:7f00:1::", "2002:a9fe:a9fe::1", "2001::1", "2001:0:7f00:1::",
    "2001:2::1", "2001:10::1", "2001:20::1", "fe80::1", "fe80::1%25eth0", "fe80::1%eth0",
    "fec0::1", "fc00::1", "fd00::1", "fd00:ec2::254", "ff02::1", "ff0e::1", "2001:db8::1",
    "3fff::1", "100::1", "100:0:0:1::1", "5f00::1", "4000::1", "1::1",
]  # fmt: skip
IPV4 = [
    "169.254.169.254", "169.254.170.2", "168.63.129.16", "100.100.100.200", "192.0.0.192",
    "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "100.127.255.255",
    "198.18.0.1", "198.19.255.255", "192.0.2.1", "198.51.100.1", "203.0.113.1", "192.88.99.1",
    "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "0.1.2.3", "169.254.1.1",
    "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "169.16689662", "192.0.0.1",
]  # fmt: skip
CONFUSIONS = [
    "http://user@example.com/", "http://user:password@example.com/", "http://@example.com/",
    "http://example.com@127.0.0.1/", "http://127.0.0.1@example.com/", "http://example.com:80@10.0.0.1",
    "http://example.com#@127.0.0.1/", "http://127.0.0.1#@example.com/", "http://example.com/#x",
    "http://example.com\\@127.0.0.1/", "http://example.com\\.example.com/", "http:\\\\example.com/",
    "http:/\\example.com/", "http://example.com%2f@127.0.0.1/", "http://127.0.0.1%2f.example.com/",
    "http://127.0.0.1%23.example.com/", "http://%31%32%37.0.0.1/", "http://127.0.0.1%00.example.com/",
    "http://1２7.0.0.1/", "http://１２７.０.０.１/", "http://127。0。0。1/", "http://①②⑦.0.0.1/",
    "http://ⓛocalhost/", "http://exa\u00admple.com/", "http://example。com/", "http://bücher.example/",
    "http://example.com\t/", "http://exam\nple.com/", " http://example.com/",
    "http://example.com/ x",
    "http://example.com/\x00", "http://example.com/\ud800", "http://example.com/ü",
    "http://", "http:///", "http://:80/", "http://./", "http://../", "http://-example.com/",
    "http://example-.com/", "http://exa..mple.com/", "http://[::1", "http://[]/", "http://[::g]/",
    "http://[example.com]/", "http://[v1.1]/", "http://[::1]extra/", "http://::1/",
    "http://example.com:/", "http://example.com:0/", "http://example.com:+80/",
    "http://example.com:80:80/", f"http://{'a' * 64}.com/", f"http://{'a.' * 127}com/",
    f"http://example.com/{'a' * 2000}", "", "http", "example.com", "//example.com/", "/hooks",
]  # fmt: skip
SCHEMES = ["file", "gopher", "ftp", "ws", "javascript", "data", "httpx", "dict", "ldap", "jar"]
PORTS = [1, 22, 23, 25, 53, 79, 81, 110, 442, 444, 465, 587, 1023, 65536, 99999]
ALLOWED_ADDRESSES = [
    "93.184.215.14", "8.8.8.8", "1.1.1.1", "100.63.255.255", "100.128.0.1", "172.15.0.1",
    "172.32.0.1", "192.167.1.1", "223.255.255.255", "168.63.129.15", "11.0.0.1",
]  # fmt: skip


def ask(host: str, seconds: float) -> Sequence[str]:
    """The tests' DNS. A system's resolver would take every number for an address."""
    if host not in NAMES:
        raise OSError("no such name")
    return NAMES[host]


GUARD = Guard(resolve=ask)


def is_refused(url: str) -> bool:
    try:
        GUARD.check_url(url)
    except UrlRefused as refusal:
        assert refusal.pointer == "/url"
        return True
    return False


@pytest.mark.parametrize("host", NUMBERS + IPV4)
def test_a_number_or_name_of_an_address_inside_is_refused(host: str) -> None:
    assert is_refused(f"http://{host}/")
    assert is_refused(f"https://{host}:8443/hooks?x=1")


@pytest.mark.parametrize("address", IPV6)
def test_an_ipv6_address_inside_is_refused(address: str) -> None:
    assert is_refused(f"http://[{address}]/")


@pytest.mark.parametrize("url", CONFUSIONS, ids=ascii)
def test_a_url_that_two_parsers_could_read_differently_is_refused(url: str) -> None:
    assert is_refused(url)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_other_schemes_are_refused(scheme: str) -> None:
    assert is_refused(f"{scheme}://example.com/")
    assert is_refused(f"{scheme}:/etc/passwd")
    assert is_refused(f"{scheme}:example.com")


@pytest.mark.parametrize("port", PORTS)
def test_other_ports_are_refused(port: int) -> None:
    assert is_refused(f"http://example.com:{port}/")


@pytest.mark.parametrize(
    "name",
    ["inside.example.com", "mixed.example.com", "mixed6.example.com", "mapped.example.com",
     "zone.example.com", "metadata.google.internal", "nonsense.example.com"],
)  # fmt: skip
def test_a_name_with_any_address_inside_is_refused(name: str) -> None:
    assert is_refused(f"https://{name}/")
    assert is_refused(f"https://{name.upper()}/")


@pytest.mark.parametrize(
    "url",
    ["https://example.com", "https://example.com/", "HTTP://EXAMPLE.COM/a", "https://example.com.",
     "https://example.com?a=b", "https://example.com:443/", "http://example.com:1024/~x/%20;a,b",
     "http://example.com:65535", "https://a_b.unknown.example/", "https://xn--bcher-kva.example/",
     "http://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]:8080/"],
)  # fmt: skip
def test_a_url_of_the_open_internet_is_taken(url: str) -> None:
    assert not is_refused(url)


@pytest.mark.parametrize("address", ALLOWED_ADDRESSES)
def test_an_address_beside_the_refused_ranges_is_taken(address: str) -> None:
    assert not is_refused(f"http://{address}/")


def test_a_url_is_read_into_its_parts() -> None:
    target = parse_url("HTTPS://Example.COM:8443?a=b")
    assert (target.scheme, target.host, target.port) == ("https", "example.com", 8443)
    assert target.path == "/?a=b"
    assert parse_url("http://[2606:2800::1]").host == "2606:2800::1"
    assert parse_url("https://example.com").port == 443


def test_a_network_that_is_allowed_is_open_and_no_other_is() -> None:
    guard = Guard([ipaddress.ip_network("127.0.0.0/8")], ask)
    assert guard.check_url("http://127.0.0.1:8080/").host == "127.0.0.1"
    assert guard.check_url("http://localhost./").host == "localhost."
    for url in ("http://10.0.0.1/", "http://[::1]/", "http://[::ffff:127.0.0.1]/",
                "http://mapped.example.com/", "http://localhost/", "http://127.1/",
                "http://127.0.0.1:22/"):  # fmt: skip
        with pytest.raises(UrlRefused):
            guard.check_url(url)


def test_a_name_that_has_no_address_yet_is_taken_and_asked_for_again() -> None:
    assert not is_refused("https://not-yet.example.com/")
    with pytest.raises(OSError, match="no such name"):
        GUARD.find_addresses("not-yet.example.com", 1)


def test_a_name_without_addresses_is_an_error() -> None:
    with pytest.raises(OSError, match="has no address"):
        Guard(resolve=lambda host, seconds: []).find_addresses("example.com", 1)


def test_the_systems_resolver_is_asked() -> None:
    assert "127.0.0.1" in resolve_name("localhost", 5)
    with pytest.raises(OSError, match=r".+"):
        resolve_name(f"{'a' * 64}.example", 5)


def test_a_resolver_that_says_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: over.wait(PATIENCE) and [])
    try:
        with pytest.raises(TimeoutError):
            resolve_name("example.com", 0.05)
    finally:
        over.set()
