"""How long a browser takes from a letter typed in *find* to the rows that are left."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from shutil import which
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

_TYPED = ["c", "c0", "c01", "c012", "c01", "inv-0", "services 1", "", "nobody", ""]
# The answer of the server comes after that; it is not waited for here.
_MEASURE = """
async (typed) => {
  const times = [];
  for (const text of typed) {
    const field = document.querySelector("[data-find]");
    field.value = text;
    const began = performance.now();
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    times.push(performance.now() - began);
    await new Promise((done) => setTimeout(done, 1000));
  }
  return times;
}
"""


@contextmanager
def _serving(app: Flask) -> Iterator[str]:
    server = make_server("localhost", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://localhost:{server.port}"
    finally:
        server.shutdown()


def seconds_to_find(app: Flask, address: str) -> float:
    """Return how long the slowest of some texts took from input to the next frame.

    Args:
        app: Fava.
        address: The page's address in it.
    """
    with _serving(app) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        page.goto(f"{server}{address}")
        page.wait_for_selector(".dunning.with-script [data-find]")
        times: list[float] = page.evaluate(_MEASURE, _TYPED)
        browser.close()
    return max(times) / 1000
