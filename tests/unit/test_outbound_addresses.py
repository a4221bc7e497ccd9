"""Where the outbound door dials: a list of forms, each judged by what is really dialled."""

from collections.abc import Callable

import pytest

from igny8_flask.errors import OutboundError
from igny8_flask.outbound import Outbound, Policy, parse_url

ANY = Policy("any", first_byte_s=2, idle_s=2, total_s=5, max_bytes=1000)
PUBLIC = "93.184.215.14"

MALFORMED = [
    "",
    "example.com",
    "//example.com/",
    "http:/example.com",
    "http:example.com",
    "http:///example.com",
    "http://",
    "http:///",
    "http://?x",
    "http://#x",
    "ftp://example.com/",
    "file:///etc/passwd",
    "gopher://example.com/",
    "dict://example.com:11211/",
    "ldap://example.com/",
    "javascript:alert(1)",
    "data:text/plain,hello",
    "jar:http://example.com!/",
    "httpx://example.com/",
    "http+unix://%2Fvar%2Frun%2Fdocker.sock/",
    " http://example.com/",
    "http://example.com/ ",
    "\thttp://example.com/",
    "http://example.com\n/",
    "http://exam\tple.com/",
    "http://example.com/a b",
    "http://example.com\r\nHost: other.example",
    "http://example.com/\r\nX: y",
    "http://example.com/\r\nX:y",
    "http://example.com/a\\b",
    "http://example.com/\ud800",
    "http://example.com/\u202egnp.exe",
    "http://example.com\x00.evil.example/",
    "http://example.com\x7f/",
    "http://example.com\u2028/",
    "http://example.com\u00a0/",
    "http://\u200bexample.com/",
    "http://example.com\\@127.0.0.1/",
    "http://127.0.0.1\\@example.com/",
    "http:\\\\example.com\\",
    "http://example.com\\.evil.example/",
    "http://user@example.com/",
    "http://user:pass@example.com/",
    "http://example.com@127.0.0.1/",
    "http://127.0.0.1@example.com/",
    "http://@example.com/",
    "http://:@example.com/",
    "http://example.com:80@127.0.0.1/",
    "http://example.com%40127.0.0.1/",
    "http://127.0.0.1%2f@example.com/",
    "http://example%2ecom/",
    "http://%31%32%37.0.0.1/",
    "http://127.0.0.1%00.example.com/",
    "http://example.com:/",
    "http://example.com:0/",
    "http://example.com:080/",
    "http://example.com:65536/",
    "http://example.com:99999999/",
    "http://example.com:-80/",
    "http://example.com:+80/",
    "http://example.com:80:80/",
    "http://example.com:http/",
    "http://example.com:８０/",
    "http://0/",
    "http://1/",
    "http://127.1/",
    "http://127.0.1/",
    "http://2130706433/",
    "http://017700000001/",
    "http://0x7f000001/",
    "http://0x7f.1/",
    "http://0x7f.0x0.0x0.0x1/",
    "http://0177.0.0.1/",
    "http://127.0.0.01/",
    "http://127.0.0.0x1/",
    "http://127.0.0.1.1/",
    "http://256.0.0.1/",
    "http://0xa9fea9fe/",
    "http://2852039166/",
    "http://169.254.43518/",
    "http://example.0x/",
    "http://1.1.1.1.0x7f/",
    "http://１２７.０.０.１/",
    "http://①②⑦.⓪.⓪.①/",
    "http://127。0。0。1/",
    "http://ⓛocalhost/",
    "http://exa\u00admple.com/",
    "http://ﬁle.example.com/",
    "http://.example.com/",
    "http://example..com/",
    "http://example.com../",
    "http://-example.com/",
    "http://example-.com/",
    "http://exa$mple.com/",
    "http://exa!mple.com/",
    "http://*.example.com/",
    "http://" + "a" * 64 + ".com/",
    "http://" + "a." * 130 + "com/",
    "http://example.com/" + "a" * 9000,
    "http://[::1/",
    "http://::1/",
    "http://[]/",
    "http://[::1]x/",
    "http://[::1%25lo]/",
    "http://[fe80::1%eth0]/",
    "http://[::ffff:127.0.0.1.1]/",
    "http://[127.0.0.1]/",
    "http://[v1.fe80::a]/",
    "http://[::1]@example.com/",
    "http://[12345::1]/",
]

FORBIDDEN_LITERALS = [
    "http://127.0.0.1/",
    "http://127.0.0.1./",
    "http://127.255.255.254/",
    "http://0.0.0.0/",
    "http://0.1.2.3/",
    "http://10.0.0.1/",
    "http://10.255.255.255/",
    "http://100.64.0.1/",
    "http://100.100.100.200/latest/meta-data/",
    "http://169.254.169.254/latest/meta-data/",
    "http://169.254.170.2/v2/credentials",
    "http://168.63.129.16/machine",
    "http://172.16.0.1/",
    "http://172.31.255.255/",
    "http://192.0.0.1/",
    "http://192.0.0.192/opc/v2/",
    "http://192.0.2.1/",
    "http://192.88.99.1/",
    "http://192.168.0.1/",
    "http://198.18.0.1/",
    "http://198.19.255.255/",
    "http://198.51.100.1/",
    "http://203.0.113.1/",
    "http://224.0.0.1/",
    "http://239.255.255.250/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://[::]/",
    "http://[::1]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::127.0.0.1]/",
    "http://[::8.8.8.8]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::ffff:169.254.169.254]/",
    "http://[::ffff:10.0.0.1]/",
    "http://[::ffff:0:127.0.0.1]/",
    "http://[64:ff9b::127.0.0.1]/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://[64:ff9b:1::127.0.0.1]/",
    "http://[100::1]/",
    "http://[100:0:0:1::1]/",
    "http://[2001::1]/",
    "http://[2001:0:7f00:1::1]/",
    "http://[2001:2::1]/",
    "http://[2001:10::1]/",
    "http://[2001:20::1]/",
    "http://[2001:db8::1]/",
    "http://[2002:7f00:1::1]/",
    "http://[2002:a9fe:a9fe::1]/",
    "http://[2002:808:808::1]/",
    "http://[3fff::1]/",
    "http://[5f00::1]/",
    "http://[4000::1]/",
    "http://[fc00::1]/",
    "http://[fd00:ec2::254]/",
    "http://[fd20:ce::254]/",
    "http://[fe80::1]/",
    "http://[fe80::a9fe:a9fe]/",
    "http://[fec0::1]/",
    "http://[ff02::1]/",
    "http://[2a00:1450:4001::5efe:7f00:1]/",
    "http://[2a00:1450:4001:0:200:5efe:a00:1]/",
    "http://localhost/",
    "http://LOCALHOST/",
    "http://localhost./",
    "http://redis/",
    "http://metadata/",
    "http://intranet:8080/",
    "http://example.com:22/",
    "http://example.com:25/",
    "http://example.com:6379/",
    "http://example.com:5432/",
    "http://example.com:9200/",
    "http://example.com:65535/",
    "https://93.184.215.14:11211/",
]

FORBIDDEN_ANSWERS = [
    ["127.0.0.1"],
    ["0.0.0.0"],
    ["10.1.2.3"],
    ["169.254.169.254"],
    ["192.168.1.1"],
    ["::1"],
    ["::ffff:127.0.0.1"],
    ["64:ff9b::7f00:1"],
    ["fe80::1%2"],
    ["2606:2800:21f:cb07::1%eth0"],
    ["fd00:ec2::254"],
    ["2002:7f00:1::"],
    ["224.0.0.251"],
    [PUBLIC, "127.0.0.1"],
    ["127.0.0.1", PUBLIC],
    [PUBLIC, "2606:2800:21f:cb07::1", "169.254.169.254"],
    ["not an address"],
    ["127.1"],
    [""],
]

PUBLIC_FORMS = [
    ("http://example.com", PUBLIC, PUBLIC),
    ("https://example.com/", PUBLIC, PUBLIC),
    ("HTTPS://EXAMPLE.COM/Path", PUBLIC, PUBLIC),
    ("https://example.com./", PUBLIC, PUBLIC),
    ("https://example.com:443/?a=b&c=%20#part", PUBLIC, PUBLIC),
    ("http://example.com:8080/", PUBLIC, PUBLIC),
    ("https://example.com:8443/a@b:c/../d", PUBLIC, PUBLIC),
    ("https://sub-domain.my_site.example.co.uk/wp-json/", PUBLIC, PUBLIC),
    ("https://xn--mnchen-3ya.example/", PUBLIC, PUBLIC),
    ("https://münchen.example/grüße?q=ä", PUBLIC, PUBLIC),
    ("https://пример.рф/", PUBLIC, PUBLIC),
    ("https://例え.jp/パス", PUBLIC, PUBLIC),
    ("https://1.1.1.1/", None, "1.1.1.1"),
    ("https://127.0.0.1.example.com/", PUBLIC, PUBLIC),
    ("https://3com.com/", PUBLIC, PUBLIC),
    ("https://192.169.0.1/", None, "192.169.0.1"),
    ("https://172.32.0.1/", None, "172.32.0.1"),
    ("https://100.128.0.1/", None, "100.128.0.1"),
    ("https://example.com/http://127.0.0.1/", PUBLIC, PUBLIC),
    ("https://example.com/?next=http://user@localhost/", PUBLIC, PUBLIC),
    ("https://[2606:4700:4700::1111]/", None, "2606:4700:4700::1111"),
    ("https://v6.example/", "2a00:1450:4001:82b::200e", "2a00:1450:4001:82b::200e"),
    ("https://nat64.example/", "64:ff9b::5db8:d70e", "64:ff9b::5db8:d70e"),
    ("https://mapped.example/", f"::ffff:{PUBLIC}", PUBLIC),
]


@pytest.fixture
def dialled(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Record every address that a connection is opened to, and open none."""
    dials: list[tuple[str, int]] = []

    def refuse(address: tuple[str, int], *args: object, **kwargs: object) -> None:
        dials.append((address[0].strip("[]"), address[1]))
        raise ConnectionRefusedError

    monkeypatch.setattr("urllib3.util.connection.create_connection", refuse)
    return dials


def answering(*answers: str) -> Callable[[str, int], list[str]]:
    return lambda host, port: list(answers)


def attempt(url: str, resolver: Callable[[str, int], list[str]], **options: object) -> str:
    with pytest.raises(OutboundError) as caught:
        Outbound(resolver=resolver, **options).request("GET", url, ANY)  # type: ignore[arg-type]
    assert not caught.value.maybe_delivered
    return caught.value.code


def test_the_list_of_forms_is_long_enough_to_mean_something() -> None:
    forms = [*MALFORMED, *FORBIDDEN_LITERALS, *map(str, FORBIDDEN_ANSWERS)]
    assert len(set(forms)) >= 190


@pytest.mark.parametrize("url", MALFORMED)
def test_an_ambiguous_url_is_refused_before_anything_is_resolved(
    url: str, dialled: list[tuple[str, int]]
) -> None:
    def must_not_resolve(host: str, port: int) -> list[str]:
        raise AssertionError(f"resolved {host}")

    assert attempt(url, must_not_resolve) == "bad_url"
    assert dialled == []


@pytest.mark.parametrize("url", FORBIDDEN_LITERALS)
def test_a_private_or_reserved_destination_is_never_dialled(
    url: str, dialled: list[tuple[str, int]]
) -> None:
    assert attempt(url, answering(PUBLIC)) == "address_forbidden"
    assert dialled == []


@pytest.mark.parametrize("answers", FORBIDDEN_ANSWERS)
def test_one_forbidden_answer_of_the_name_server_refuses_the_name(
    answers: list[str], dialled: list[tuple[str, int]]
) -> None:
    assert attempt("https://rebind.example/", answering(*answers)) == "address_forbidden"
    assert dialled == []


@pytest.mark.parametrize(("url", "answer", "address"), PUBLIC_FORMS)
def test_a_public_form_is_dialled_at_the_judged_address(
    url: str, answer: str | None, address: str, dialled: list[tuple[str, int]]
) -> None:
    resolver = answering(answer) if answer else answering()
    assert attempt(url, resolver) == "connect_failed"
    assert [host for host, _ in dialled] == [address]


def test_a_name_is_resolved_once_so_that_rebinding_changes_nothing(
    dialled: list[tuple[str, int]],
) -> None:
    asked = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return [PUBLIC] if len(asked) == 1 else ["127.0.0.1"]

    attempt("http://rebind.example/", rebinding)
    assert asked == ["rebind.example"]
    assert dialled == [(PUBLIC, 80)]


def test_every_judged_address_is_tried_when_connections_fail(
    dialled: list[tuple[str, int]],
) -> None:
    attempt("http://two.example/", answering("2606:4700:4700::1111", PUBLIC))
    assert dialled == [("2606:4700:4700::1111", 80), (PUBLIC, 80)]


@pytest.mark.parametrize(
    ("url", "answers", "dials"),
    [
        ("http://127.0.0.1:8901/", [], 1),
        ("http://LOCALHOST:8901/", ["::1", "127.0.0.1"], 2),
        ("http://wp.internal:9000/", ["10.0.0.5"], 1),
        ("http://[::1]:8901/", [], 1),
    ],
)
def test_an_allowed_pair_may_be_private(
    url: str, answers: list[str], dials: int, dialled: list[tuple[str, int]]
) -> None:
    pairs = frozenset({"127.0.0.1:8901", "localhost:8901", "Wp.internal:9000", "[::1]:8901"})
    assert attempt(url, answering(*answers), allow_private=pairs) == "connect_failed"
    assert len(dialled) == dials


@pytest.mark.parametrize(
    ("url", "answers"),
    [
        ("http://127.0.0.1:8902/", []),
        ("http://127.0.0.2:8901/", []),
        ("http://other.example:8901/", ["127.0.0.1"]),
        ("http://meta.example:80/", ["169.254.169.254"]),
        ("http://meta.example:80/", ["fd00:ec2::254"]),
        ("http://meta.example:80/", ["100.100.100.200"]),
        ("http://meta.example:80/", ["0.0.0.0"]),
        ("http://169.254.169.254/", []),
    ],
)
def test_an_allowed_pair_opens_nothing_else_and_never_metadata(
    url: str, answers: list[str], dialled: list[tuple[str, int]]
) -> None:
    pairs = frozenset({"127.0.0.1:8901", "meta.example:80", "169.254.169.254:80"})
    assert attempt(url, answering(*answers), allow_private=pairs) == "address_forbidden"
    assert dialled == []


def test_more_ports_open_only_by_configuration(dialled: list[tuple[str, int]]) -> None:
    url = "http://example.com:8901/"
    assert attempt(url, answering(PUBLIC)) == "address_forbidden"
    assert attempt(url, answering(PUBLIC), extra_ports=frozenset({8901})) == "connect_failed"
    assert dialled == [(PUBLIC, 8901)]


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "https://example.com:8443/",
        "https://evil.example/",
        "https://example.com.evil.example/",
    ],
)
def test_a_policy_with_origins_lets_no_other_origin_through(
    url: str, dialled: list[tuple[str, int]]
) -> None:
    policy = Policy("site", 2, 2, 5, 1000, origins=frozenset({"https://EXAMPLE.com:443/"}))
    with pytest.raises(OutboundError) as caught:
        Outbound(resolver=answering(PUBLIC)).request("GET", url, policy)
    assert caught.value.code == "address_forbidden"
    assert dialled == []


def test_a_name_without_answer_is_a_failed_connection() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    assert attempt("https://nowhere.example/", unknown) == "connect_failed"
    assert attempt("https://empty.example/", answering()) == "connect_failed"


def test_a_parsed_url_is_rebuilt_from_its_parts() -> None:
    target = parse_url("HTTPS://München.Example:443/a//b?c=1#d")
    assert target.url == "https://xn--mnchen-3ya.example/a//b?c=1"
    assert parse_url("http://[2606:4700::1]:8080").url == "http://[2606:4700::1]:8080/"
