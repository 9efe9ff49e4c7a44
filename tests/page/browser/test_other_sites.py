"""Another site, open in the same browser, writes nothing into the ledger."""

from __future__ import annotations

import html
import json
import threading
from http.server import BaseHTTPRequestHandler
from http.server import ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from tests.serving import EXAMPLE
from tests.serving import PAGE

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

_FRAME = '<iframe src="/form"></iframe>'
_KINDS = ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain")
# What a script can try; what the browser does not even send is a text.
_FETCHES = """async ([log, body]) => {
  const found = [];
  for (const method of ["PUT", "POST"]) {
    for (const mode of ["cors", "no-cors"]) {
      for (const type of ["application/json", "text/plain"]) {
        const headers = {"Content-Type": type};
        try {
          const answer = await fetch(log, {method, mode, headers, body});
          found.push([method, mode, type, answer.status]);
        } catch (error) {
          found.push([method, mode, type, error.name]);
        }
      }
    }
  }
  navigator.sendBeacon(log, new Blob([body], {type: "text/plain"}));
  return found;
}"""
_OWN = """async ([log, body]) => {
  const headers = {"Content-Type": "application/json"};
  return (await fetch(log, {method: "PUT", headers, body})).status;
}"""


class _Site(ThreadingHTTPServer):
    """A few pages, by path, on a port of their own."""

    def __init__(self) -> None:
        self.pages = {"/frame": _FRAME}
        super().__init__(("localhost", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Site

    def do_GET(self) -> None:
        text = self.server.pages.get(self.path, "").encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[_Site]:
    server = _Site()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def _form(log: str, kind: str, body: dict[str, object]) -> str:
    """Return a form that sends itself."""
    if kind == "text/plain":
        # Between name and value comes a "=", which is made a part of a text of JSON.
        fields = {json.dumps(body)[:-1] + ', "x": "': '"}'}
    else:
        fields = {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in body.items()
        }
    inputs = "".join(
        f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
        for name, value in fields.items()
    )
    return (
        f'<form method="post" action="{log}" enctype="{kind}">{inputs}</form>'
        "<script>document.forms[0].submit()</script>"
    )


# Another port is another origin, but the same site; another name is another site.
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_another_site_writes_nothing(
    browser: Browser, serve: Callable[..., str], tmp_path: Path, site: _Site, host: str
) -> None:
    books = tmp_path / "books.beancount"
    books.write_bytes(EXAMPLE.read_bytes())
    address = serve(books).rstrip("/")
    other = f"http://{host}:{site.server_port}"
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{address}/atelier-nordlicht/{PAGE}")
        said = page.locator(".dunning").evaluate("element => ({...element.dataset})")
        sent = page.locator("[data-sent]").first.get_attribute("data-sent")
        assert sent
        body = {
            "as_of": said["asOf"],
            "fingerprint": said["fingerprint"],
            "what": "sent",
            "reminders": json.loads(sent),
        }
        log = address + said["below"].replace("__below__", "log")
        for kind in _KINDS:
            site.pages["/form"] = _form(log, kind, body)
            for path in ("/form", "/frame"):
                tab = context.new_page()
                with tab.expect_response(log) as answer:
                    tab.goto(other + path, wait_until="commit")
                asked = answer.value.request
                assert asked.method == "POST"
                assert asked.headers["content-type"].partition(";")[0] == kind
                assert said["fingerprint"] in (asked.post_data or "")
                assert answer.value.status == 404
        page.goto(f"{other}/")
        with page.expect_response(
            lambda answer: answer.request.resource_type == "ping"
        ):
            found = page.evaluate(_FETCHES, [log, json.dumps(body)])
        # What is sent is not told to the script, and was a POST of plain text.
        assert [tuple(one) for one in found if one[-1] != "TypeError"] == [
            ("POST", "no-cors", "application/json", 0),
            ("POST", "no-cors", "text/plain", 0),
        ]
        assert books.read_bytes() == EXAMPLE.read_bytes()

        # The same from the page itself is no trouble.
        page.goto(f"{address}/atelier-nordlicht/{PAGE}")
        assert page.evaluate(_OWN, [log, json.dumps(body)]) == 200
    assert books.read_bytes() != EXAMPLE.read_bytes()
