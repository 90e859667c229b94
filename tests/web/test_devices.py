"""Rough names of devices."""

import pytest

from idp.web.devices import name_device

CHROME = "Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36"


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (CHROME.format(system="X11; Linux x86_64"), "Chrome, Linux"),
        (CHROME.format(system="Linux; Android 14; Pixel 8"), "Chrome, Android"),
        (CHROME.format(system="Windows NT 10.0; Win64; x64") + " Edg/130.0", "Edge, Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0", "Firefox, Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.0 Safari/605.1.15", "Safari, macOS"),
        ("curl/8.5.0", ""),
        ("<script>alert(1)</script> Linux", "Linux"),
        ("", ""),
        (None, ""),
        ("x" * 10_000 + "Firefox/1", ""),
    ],
)
def test_a_device_is_named_by_browser_and_system_alone(user_agent, name):
    assert name_device(user_agent) == name
