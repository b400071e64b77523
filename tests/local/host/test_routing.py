"""Route templates, one by one."""

import pytest

from local.host.routing import Route

GUID = "11111111-1111-1111-1111-111111111111"


@pytest.mark.parametrize(
    ("template", "path", "expected"),
    [
        ("api/a", "/api/a", {}),
        ("api/a", "/API/A/", {}),
        ("api/a", "/api/a/b", None),
        ("api/a", "/api//a", None),
        ("api/a", "//api/a", None),
        ("api/a.b", "/api/axb", None),
        ("api/a b", "/api/%61%20b", {}),
        ("api/{*rest}", "/api/a%0Ab", {"rest": "a\nb"}),
        ("api/{x}", "/api/1", {"x": "1"}),
        ("api/{x}", "/api/", None),
        ("api/{x}", "/api/a%20b", {"x": "a b"}),
        ("api/{x}", "/api/%C3%A9", {"x": "é"}),
        ("api/{x}", "/api/a%2Fb", {"x": "a%2Fb"}),
        ("api/{x}", "/api/a%2fb", {"x": "a%2fb"}),
        ("api/{x}", "/api/a%252Fb", {"x": "a%2Fb"}),
        ("api/{x?}", "/api", {}),
        ("api/{x=5}", "/api", {"x": "5"}),
        ("api/{x=5}", "/api/6", {"x": "6"}),
        ("api/{x}/b/{y?}", "/api/1/b", {"x": "1"}),
        ("api/{*rest}", "/api/a/b", {"rest": "a/b"}),
        ("api/{**rest}", "/api/a/b", {"rest": "a/b"}),
        ("api/{*rest}", "/api", {}),
        ("api/{name}.{kind}", "/api/n.txt", {"name": "n", "kind": "txt"}),
        ("api/{name}.{kind}", "/api/a.b.txt", {"name": "a.b", "kind": "txt"}),
        ("api/v{n:int}", "/api/v12", {"n": "12"}),
        ("api/{x:int}", "/api/2147483647", {"x": "2147483647"}),
        ("api/{x:int}", "/api/2147483648", None),
        ("api/{x:int}", "/api/%D9%A3", None),
        ("api/{x:int?}", "/api", {}),
        ("api/{x:long}", "/api/2147483648", {"x": "2147483648"}),
        ("api/{x:double}", "/api/-1.5e3", {"x": "-1.5e3"}),
        ("api/{x:decimal}", "/api/1_0", None),
        ("api/{x:guid}", "/api/not", None),
        ("api/{x:guid}", f"/api/{GUID}", {"x": GUID}),
        ("api/{x:datetime}", "/api/2026-01-31", {"x": "2026-01-31"}),
        ("api/{x:datetime}", "/api/2026-01-32", None),
        ("api/{x:bool}", "/api/TRUE", {"x": "TRUE"}),
        ("api/{x:range(1,5)}", "/api/5", {"x": "5"}),
        ("api/{x:range(1,5)}", "/api/6", None),
        ("api/{x:min(3)}", "/api/2", None),
        ("api/{x:max(3)}", "/api/4", None),
        ("api/{x:alpha}", "/api/a1", None),
        ("api/{x:minlength(2):maxlength(3)}", "/api/abc", {"x": "abc"}),
        ("api/{x:minlength(2):maxlength(3)}", "/api/abcd", None),
        ("api/{x:length(2)}", "/api/abc", None),
        ("api/{x:length(2,4)}", "/api/abc", {"x": "abc"}),
        (r"api/{x:regex(^a\d+$)}", "/api/A12", {"x": "A12"}),
        (r"api/{x:regex(^a\d+$)}", "/api/b", None),
        (r"api/{x:regex(^\d{{3}}$)}", "/api/123", {"x": "123"}),
        (r"api/{x:regex(^\d{{3}}$)}", "/api/12", None),
    ],
)
def test_a_template_matches_as_in_asp_net(template: str, path: str, expected: dict[str, str] | None) -> None:
    assert Route(template).match("GET", path) == expected


@pytest.mark.parametrize(
    "template",
    ["api/{x:nope}", "api/{x}.{y?}", "api/{x", "api/x}", "api/{x:min}", "api/{x:range(1)}", "api/{x:regex([)}"],
)
def test_a_template_that_cannot_be_matched_as_in_asp_net_is_refused(template: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        Route(template)


def test_a_method_that_is_not_listed_does_not_match() -> None:
    assert Route("api/a", ["get"]).match("GET", "/api/a") == {}
    assert Route("api/a", ["get"]).match("HEAD", "/api/a") is None
    assert Route("api/a").match("PURGE", "/api/a") == {}
