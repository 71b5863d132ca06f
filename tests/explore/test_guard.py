"""What the explorer refuses: other hosts and sites, requests that do not read, and who has no token."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from irdb_sql.explore.app import make_app
from irdb_sql.explore.guard import Access

if TYPE_CHECKING:
    from irdb_sql import ImageRewardDB

ANY_ADDRESS = "0.0.0.0"  # noqa: S104 - nothing listens
TOKEN = "a-token-of-24-characters"  # noqa: S105 - of a test


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "get", "PURGE"])
@pytest.mark.parametrize("path", ["/", "/sql?q=SELECT+1", "/nope"])
def test_only_reading_is_answered(client: TestClient, method: str, path: str) -> None:
    answer = client.request(method, path) if method != "get" else client.request("QUERY", path)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:8000", 200), ("localhost", 200), ("LOCALHOST:1", 200), ("127.0.0.1:8000", 200), ("[::1]:8000", 200),
        ("evil.example", 400), ("evil.example:8000", 400), ("localhost.evil.example", 400), ("127.0.0.1.evil.example", 400),
        ("192.168.0.1:8000", 400), ("", 400), ("user@localhost", 400), ("localhost, evil.example", 400), ("[::1", 400), ("localhost ", 400), ("[::1]evil", 400), ("localhost:x/../", 400),
    ],
)  # fmt: skip
def test_only_hosts_of_this_machine_are_answered(client: TestClient, host: str, status: int) -> None:
    expected = 200 if status == 200 else 400
    assert client.get("/sql", headers={"Host": host}).status_code == expected


def test_two_hosts_are_refused(client: TestClient) -> None:
    headers = [("Host", "localhost"), ("Host", "evil.example")]
    assert client.get("/sql", headers=headers).status_code == 400


@pytest.mark.parametrize(
    ("site", "mode", "status"),
    [("cross-site", "no-cors", 403), ("cross-site", "cors", 403), ("cross-site", "navigate", 200), ("same-site", "cors", 403), ("same-origin", "cors", 200)],
)  # fmt: skip
def test_a_page_of_another_site_gets_nothing(client: TestClient, site: str, mode: str, status: int) -> None:
    headers = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode}
    assert client.get("/completions?typed=FROM", headers=headers).status_code == status


@pytest.mark.parametrize(
    "path", ["/", "/nope", "/sql?q=SELEC", "/pairs?pair=0", "/static/x/y", "/images/x/1", "/completions?typed=F"]
)
def test_every_answer_has_the_headers_that_restrict_it(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["content-security-policy"].startswith("default-src 'self'; ")
    assert "unsafe" not in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["referrer-policy"] == "same-origin"


def guarded(db: ImageRewardDB) -> TestClient:
    access = Access(ANY_ADDRESS, TOKEN)
    return TestClient(make_app(db, access), base_url="http://10.1.2.3:8000", follow_redirects=False)


def test_a_token_is_kept_in_a_cookie_and_leaves_the_address(explored: ImageRewardDB) -> None:
    with guarded(explored) as client:
        for wrong in ("", "?token=", "?token=x", f"?token={TOKEN}x", f"?token={TOKEN[:-1]}", "?token=%ff"):
            assert client.get(f"/sql{wrong}").status_code == 401
        answer = client.get("/sql", params={"q": "SELECT 1", "token": TOKEN})
        assert (answer.status_code, answer.headers["location"]) == (303, "/sql?q=SELECT+1")
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "samesite=lax" in cookie.lower()
        assert TOKEN not in cookie
        assert client.get("/sql").status_code == 200  # with the cookie
        again = client.get("/prompts/a%2Fb%3Fc", params={"token": TOKEN})  # a link that somebody sent
        assert (again.status_code, again.headers["location"]) == (303, "/prompts/a%2Fb%3Fc")
        client.cookies.clear()
        assert client.get("/sql").status_code == 401


def test_a_token_cannot_lead_elsewhere(explored: ImageRewardDB) -> None:
    with guarded(explored) as client:
        location = client.get(f"//evil.example/?token={TOKEN}").headers["location"]
        assert location.startswith("/")
        assert not location.startswith("//")


@pytest.mark.parametrize(
    ("listening", "asked", "is_allowed"),
    [
        (ANY_ADDRESS, "10.1.2.3:80", True), (ANY_ADDRESS, "evil.example", False), ("gpu7", "gpu7:8000", True), ("gpu7", "GPU7", True),
        (ANY_ADDRESS, f"{socket.gethostname()}:8000", True), ("gpu7", "10.1.2.3", False), ("::", "[fe80::1]:80", True), ("10.1.2.3", "10.1.2.3", True), ("10.1.2.3", "10.1.2.4", False),
    ],
)  # fmt: skip
def test_a_server_for_others_answers_to_its_own_names(listening: str, asked: str, *, is_allowed: bool) -> None:
    assert Access(listening, TOKEN).allows_host(asked) is is_allowed
