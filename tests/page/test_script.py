"""The page's script: its types hold, and it stays at home."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
FOLDER = TESTS.parent / "fava_extension" / "fava_dunning"
SCRIPT = FOLDER / "Dunning.js"

# What loads something from elsewhere, and what makes markup or code out of text. What
# the script asks for are addresses that the page has, none that it makes up.
_FORBIDDEN = re.compile(
    r"""
    \bfetch\s*\(\s*["'`] | \bXMLHttpRequest\b | \bWebSocket\b | \bEventSource\b
    | \bsendBeacon\b | \bimportScripts\b | ^\s*import\b(?!\s*\()
    | ^\s*export\s*(?:\*|\{[^}]*\}\s*from\b)
    | \bimport\s*\( (?!["']\./fava["']\)\.)       # types in comments are fine, and
    | \bhttps?: (?!//www\.w3\.org/2000/svg["'])   # a name that nobody fetches
    | ["'`]//
    | \b(?:inner|outer)HTML\b | \bsetHTML | \binsertAdjacentHTML\b
    | \bcreateContextualFragment\b | \bsrcdoc\b
    | \bdocument\.write | \beval\b | \bFunction\s*\( | \bjavascript:
    | \bset(?:Timeout|Interval)\s*\(\s*["'`]
    """,
    re.VERBOSE | re.MULTILINE,
)


def _compile(*files: Path) -> subprocess.CompletedProcess[str]:
    """Have TypeScript check files, the script's JavaScript included."""
    compiler = TESTS / "node_modules" / ".bin" / "tsc"
    options = (
        *("--noEmit", "--strict", "--allowJs", "--checkJs"),
        *("--target", "es2022", "--lib", "dom,dom.iterable,es2022"),
        *("--module", "es2022", "--moduleResolution", "bundler"),
        # No types but our own, whatever lies in folders further up.
        *("--types", "", "--pretty", "false", "--ignoreConfig"),
    )
    return subprocess.run(
        [compiler, *options, *files], capture_output=True, text=True, check=False
    )


def _home_made(tmp_path: Path, text: str) -> Path:
    """Put a script beside a copy of Fava's types."""
    types = (FOLDER / "fava.d.ts").read_text(encoding="utf-8")
    (tmp_path / "fava.d.ts").write_text(types, encoding="utf-8")
    script = tmp_path / "Dunning.js"
    script.write_text(text, encoding="utf-8")
    return script


def test_its_types_hold() -> None:
    assert "// @ts-check" in SCRIPT.read_text(encoding="utf-8").splitlines()[0]
    run = _compile(SCRIPT, FOLDER / "fava.d.ts")
    assert (run.stdout, run.stderr, run.returncode) == ("", "", 0)


_RAW = "const raw = await api.request('log', 'PUT', undefined, {}, 'raw');"


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("onExtensionPageLoad({ api }) { void api.put('log', { a: 1 }); }", ""),
        ("async init({ api }) { " + _RAW + " if (raw.ok) await raw.text(); }", ""),
        ("async init({ api }) { " + _RAW + " if (raw.okay) return; }", "TS2339"),
        ("onExtensionPageLoad({ api }) { void api.patch('log'); }", "TS2339"),
        ("onExtensionPageLoad(context) { void context.ledger; }", "TS2339"),
        ("async init({ api }) { (await api.get('log', {})).written; }", "TS2571"),
        ("init() { document.querySelector('a').href; }", "TS2531"),
        ("onLoad() {}", "TS2353"),
        ("init(context, more) { void more; }", "TS7006"),
    ],
)
def test_types_are_checked_strictly(tmp_path: Path, body: str, error: str) -> None:
    satisfies = '/** @satisfies {import("./fava").Extension} */'
    script = _home_made(tmp_path, f"{satisfies}\nexport default {{ {body} }};\n")
    run = _compile(script)
    assert (run.returncode == 0, error in run.stdout) == (not error, True), run.stdout


def test_it_stays_at_home_and_makes_no_markup_of_text() -> None:
    found = _FORBIDDEN.search(SCRIPT.read_text(encoding="utf-8"))
    assert found is None, found


@pytest.mark.parametrize(
    "line",
    [
        'await fetch("aging");',
        "await fetch(`${elsewhere}/aging`);",
        'node.setAttribute("xmlns", "http://www.w3.org/1999/xhtml");',
        'link.href = "http://www.w3.org/2000/svg/logo";',
        'import Chart from "./chart.js";',
        'import "https://cdn.example/x.js";',
        'import { a } from "b";',
        'export * from "b";',
        'const x = await import("./x.js");',
        'image.src = "//cdn.example/x.png";',
        "image.src = `https://cdn.example/x.png`;",
        "node.innerHTML = text;",
        'node["outerHTML"] = text;',
        "node.insertAdjacentHTML('beforeend', text);",
        "eval(text);",
        "new Function(text)();",
        'setTimeout("x()", 1);',
        "document.write(text);",
    ],
)
def test_what_it_may_not_do_is_found(line: str) -> None:
    assert _FORBIDDEN.search(f"const a = 1;\n{line}\n")


@pytest.mark.parametrize(
    "line",
    [
        '/** @satisfies {import("./fava").Extension} */',
        "/** @param {import('./fava').Context} context */",
        "// Numbers from the page,\n// import nothing.\nconst b = 2;",
        'document.createElementNS("http://www.w3.org/2000/svg", "svg");',
        "export default {\n  // read from the page\n};",
        "export default { init() {} };",
        "setTimeout(() => close(), 1);",
        "node.textContent = text;",
        "const answer = await fetch(link.href);",
    ],
)
def test_what_it_may_do_is_not(line: str) -> None:
    assert not _FORBIDDEN.search(f"const a = 1;\n{line}\n")
