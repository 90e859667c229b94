"""Where calls may go."""

import pytest

from idp.egress import CallFailed, EgressPolicy

STRICT = EgressPolicy()
DEMO = EgressPolicy(frozenset({"127.0.0.1:8003", "localhost", "[::1]:8003", "intranet.example:8443"}))


def refuse(policy: EgressPolicy, url: str) -> CallFailed:
    with pytest.raises(CallFailed) as caught:
        policy.check_url(url)
    assert caught.value.kind == "refused_by_policy"
    return caught.value


def test_an_https_url_of_a_public_name_may_be_called():
    assert STRICT.check_url("https://api.example.com/omni") == ("api.example.com", 443)
    assert STRICT.check_url("https://api.example.com:8443") == ("api.example.com", 8443)


@pytest.mark.parametrize(
    "url",
    [
        "http://api.example.com/",
        "ftp://api.example.com/",
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//api.example.com/",
        "api.example.com",
        "",
        "https://",
        "https:///path",
        "https://user@api.example.com/",
        "https://user:key@api.example.com/",
        "https://@api.example.com/",
        "https://api.example.com\\@evil.example/",
        "https://api.example.com/ x",
        "https://api.example.com/\r\nHost: evil",
        "https://api.example.com:99999/",
        "https://api.example.com:x/",
        "https://[::1",
        "https://éxample.com/",
        "https://a_b c/",
        "https://api.example.com/" + "a" * 5000,
    ],
)
def test_anything_else_is_no_url_to_call_or_to_send_a_browser_to(url):
    refuse(STRICT, url)


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://10.0.0.1/",
        "https://192.168.1.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://100.64.0.1/",
        "https://0.0.0.0/",
        "https://[::1]/",
        "https://[fe80::1]/",
        "https://[fd00::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://168.63.129.16/",
        "https://224.0.0.1/",
        "https://192.0.0.192/",
    ],
)
def test_literal_addresses_that_are_not_public_are_refused(url):
    refuse(STRICT, url)


def test_a_public_literal_address_may_be_called():
    assert STRICT.check_url("https://93.184.216.34/") == ("93.184.216.34", 443)
    assert STRICT.check_url("https://[2606:2800:220:1::1]/") == ("2606:2800:220:1::1", 443)


def test_an_allowed_host_may_be_private_and_plain():
    assert DEMO.check_url("http://127.0.0.1:8003/omni") == ("127.0.0.1", 8003)
    assert DEMO.check_url("http://[::1]:8003/") == ("::1", 8003)
    DEMO.check_address("intranet.example", 8443, "10.1.2.3")
    assert DEMO.check_url("http://LOCALHOST.:9/") == ("localhost.", 9)


def test_an_allowed_host_and_port_allows_no_other_port_and_no_other_host():
    refuse(DEMO, "http://127.0.0.1:8004/")
    refuse(DEMO, "https://127.0.0.1:5432/")
    refuse(DEMO, "http://localhost.evil.example/")
    with pytest.raises(CallFailed):
        DEMO.check_address("intranet.example", 22, "10.1.2.3")


@pytest.mark.parametrize(
    "address", ["169.254.169.254", "fe80::1", "fe80::1%eth0", "224.0.0.1", "::", "fd00:ec2::254", "168.63.129.16"]
)
def test_metadata_and_link_local_addresses_stay_closed_even_for_an_allowed_host(address):
    with pytest.raises(CallFailed):
        EgressPolicy(frozenset({"trusted.example"})).check_address("trusted.example", 80, address)


def test_an_error_has_a_stable_code_and_knows_an_outage():
    assert CallFailed("dns").code == "call_dns"
    assert CallFailed("dns").is_outage
    assert CallFailed("status", status=503).is_outage
    assert CallFailed("status", status=429).is_outage
    assert not CallFailed("status", status=404).is_outage
    assert not CallFailed("refused_by_policy").is_outage
