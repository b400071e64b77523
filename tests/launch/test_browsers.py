"""Which browsers a call does not run in, by their names."""

import pytest

from shared.launch.browsers import fits

APPLE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
ANDROID = "Mozilla/5.0 (Linux; Android 15; Pixel 9{}) AppleWebKit/537.36 {}Chrome/142.0.0.0 Mobile Safari/537.36"
FIT = {
    "none": "",
    "a program": "python-httpx/0.28",
    "Safari on iPhone": f"{APPLE} Version/18.5 Mobile/15E148 Safari/604.1",
    "Chrome on iPhone": f"{APPLE} CriOS/142.0.0.0 Mobile/15E148 Safari/604.1",
    "Chrome on Android": ANDROID.format("", ""),
    "Safari on Mac": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.5 Safari/605.1.15",
    "Edge": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
    "Firefox": "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0",
}
UNFIT = {
    "Internet Explorer 11": "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko",
    "Internet Explorer 9": "Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0)",
    "a window in an app on iPhone": f"{APPLE} Mobile/15E148",
    "a window in an app on Android": ANDROID.format("; wv", "Version/4.0 "),
    "Facebook on iPhone": f"{APPLE} Mobile/15E148 Safari/604.1 [FBAN/FBIOS;FBAV/490.0.0.0]",
    "Instagram on Android": ANDROID.format("", "") + " Instagram 350.0.0.0 Android",
    "WeChat": f"{APPLE} Mobile/15E148 MicroMessenger/8.0.50 Safari/604.1",
    "Line": f"{APPLE} Mobile/15E148 Safari Line/14.0.0 Safari/604.1",
}


@pytest.mark.parametrize("name", FIT)
def test_a_browser_that_may_do_goes_on(name: str) -> None:
    assert fits(FIT[name])


@pytest.mark.parametrize("name", UNFIT)
def test_a_browser_that_is_known_not_to_do_is_told_what_does(name: str) -> None:
    assert not fits(UNFIT[name])


def test_a_long_header_is_not_read_to_its_end() -> None:
    assert fits("Mozilla/5.0 " * 20_000 + "MSIE 9.0")
