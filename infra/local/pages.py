"""The stack's own pages: the first one, saying what runs where, and the reference of the API."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterable
from html import escape
from string import Template
from urllib.parse import quote

from infra.local import demo_organisation
from infra.local.place import NODE_PACKAGES, PROJECT, Place
from infra.register import Function

SWAGGER = NODE_PACKAGES / "node_modules" / "swagger-ui-dist"
SERVED = ("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png", "favicon-16x16.png")

STYLE = """
:root { color-scheme: light dark }
:root { --ink: #17202a; --soft: #5b6775; --line: #dfe4ea; --paper: #ffffff; --ground: #f5f7f9; --accent: #0b6e6e; --signed: #a84b17 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8edf2; --soft: #9aa7b4; --line: #2b3641; --paper: #161d24; --ground: #0f1419; --accent: #4fc3c3; --signed: #eb9a63 }
}
* { box-sizing: border-box }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground) }
main { max-width: 62rem; margin: 0 auto; padding: 3rem 1.25rem 4rem }
h1 { margin: 0; font-size: 1.9rem; letter-spacing: -.02em }
h2 { margin: 2.2rem 0 .6rem; font-size: 1.1rem }
p { margin: .3rem 0; color: var(--soft) }
section { background: var(--paper); border: 1px solid var(--line); border-radius: 10px; overflow-x: auto }
table { width: 100%; border-collapse: collapse; font-size: .94rem }
th, td { text-align: left; padding: .55rem .9rem; border-bottom: 1px solid var(--line); vertical-align: top }
tr:last-child td { border-bottom: 0 }
th { color: var(--soft); font-weight: 600 }
a { color: var(--accent) }
code { font-size: .92em }
"""

# On a telephone each cell of these short tables has a line of its own; what is wide on other pages scrolls by itself.
STACKED = """
code { overflow-wrap: anywhere }
@media (max-width: 40rem) {
  main { padding-top: 1.5rem }
  thead { display: none }
  tr, td { display: block; border: 0 }
  tr { padding: .5rem 0; border-bottom: 1px solid var(--line) }
  td { padding: .1rem .9rem; overflow-wrap: anywhere }
  td:first-child { font-weight: 600 }
}
"""

FIRST = Template("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>QFacts on this machine</title><style>$style</style></head>
<body><main>
<h1>QFacts</h1>
<p>Runs on this machine, for this machine only. Nothing here leaves it. <a href="/">Open QFacts</a></p>
<h2>What runs where</h2>
<section><table><thead><tr><th>What</th><th>Where</th><th>Notes</th></tr></thead><tbody>$parts</tbody></table></section>
<h2>Demo people</h2><p>Members of &ldquo;$organisation&rdquo;. Everyone's password: <code>$password</code></p>
<section><table><thead><tr><th>Sign in as</th><th>Role</th></tr></thead><tbody>$people</tbody></table></section>
<h2>Functions ($count)</h2>
<section><table><thead><tr><th>Area</th><th>Functions</th></tr></thead><tbody>$functions</tbody></table></section>
</main></body></html>
""")

REFERENCE = b"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>QFacts API</title><link rel="stylesheet" href="/docs/swagger-ui.css"><link rel="icon" href="/docs/favicon-32x32.png"></head>
<body><p style="font:14px system-ui,sans-serif;margin:12px 20px"><a href="/docs/lifecycles">Lifecycles and who may do what</a></p>
<div id="reference"></div><script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body></html>
"""

LIFECYCLES = Template("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>QFacts: lifecycles</title><style>$style</style></head>
<body><main>
<h1>Lifecycles and functions</h1>
<p>Made from the code; every parameter and answer is in <a href="/docs">the API's reference</a>.</p>
$body
</main></body></html>
""")

DIAGRAM = """
main { max-width: 84rem }
section + section { margin-top: .6rem }
svg.lifecycle { display: block; margin: .8rem; font: 12.5px system-ui, sans-serif }
.life { stroke: var(--line); stroke-dasharray: 3 4 }
.status { fill: var(--ground); stroke: var(--soft) }
.name { fill: var(--ink); font-weight: 600 }
.direct { --gate: var(--ink) } .signed { --gate: var(--signed) } .change { --gate: var(--accent) } .system { --gate: var(--soft) }
text.step { fill: var(--gate) }
.arrow { stroke: var(--gate); stroke-width: 2; fill: none } .arrow.system { stroke-dasharray: 5 4 }
.from, .head { fill: var(--gate) }
.key { color: var(--gate); border: 1px solid; border-radius: 6px; padding: .05rem .45rem; font-size: .85rem }
"""

# validatorUrl: otherwise the page would send the document to a service on the Internet.
START = b"""window.onload = function () {
  SwaggerUIBundle({ url: "/api/openapi.json", dom_id: "#reference", deepLinking: true, docExpansion: "none", filter: true,
    validatorUrl: null, persistAuthorization: false });
};
"""


def first(place: Place, functions: tuple[Function, ...]) -> bytes:
    """The page at /local."""
    ports = place.ports
    parts = [
        ("Functions", f"{ports.origin}/api/&lt;function&gt;", "POST takes a step, GET reads"),
        ("Reference", _link("/docs"), f"made from {_link('/api/openapi.json', 'the OpenAPI document')}"),
        ("Lifecycles", _link("/docs/lifecycles"), "every step of every kind, as pictures and tables, and who may call what"),
        ("Mail", _link("/mail"), "what would have been sent; as JSON at <code>/mail/messages?to=</code>"),
        ("Health", _link("/health"), "ready once every part answers"),
        ("Identity", ports.url("identity"), f"Firebase Auth emulator, project <code>{PROJECT}</code>, any API key"),
        ("File storage", ports.url("file storage"), "Cloud Storage; reached by signed addresses only"),
        ("Database", f"<code>{escape(str(place.socket))}</code>", "PostgreSQL 18 on a Unix socket"),
        ("Data", f"<code>{escape(str(place.home))}</code>", "kept between runs; <code>make reset</code> removes them"),
    ]
    areas: dict[str, list[str]] = {}
    for function in functions:
        mark = f" <small>({escape(function.cron)})</small>" if function.cron else ""
        areas.setdefault(function.area, []).append(f"<code>{escape(function.name)}</code>{mark}")
    people = [
        (_link(f"/sign-in?as={quote(person.email)}", escape(person.email)), escape(person.says))
        for person in demo_organisation.people(place)
    ]
    page = FIRST.substitute(
        style=STYLE + STACKED,
        parts=_rows(parts),
        people=_rows(people),
        organisation=escape(demo_organisation.ORGANISATION),
        password=escape(demo_organisation.PASSWORD),
        count=len(functions),
        functions=_rows((escape(area), " · ".join(names)) for area, names in areas.items()),
    )
    return page.encode()


def reference() -> bytes:
    """The page at /docs."""
    return REFERENCE


def reference_file(name: str) -> tuple[bytes, str] | None:
    """A file of that page and its media type, or None."""
    if name == "lifecycles":
        from infra import reference as made  # it loads every function

        return LIFECYCLES.substitute(style=STYLE + DIAGRAM, body=made.html()).encode(), "text/html; charset=utf-8"
    if name == "start.js":
        return START, "text/javascript"
    if name not in SERVED or not (SWAGGER / name).exists():
        return None
    return (SWAGGER / name).read_bytes(), mimetypes.guess_type(name)[0] or "application/octet-stream"


def _rows(rows: Iterable[tuple[str, ...]]) -> str:
    return "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)


def _link(path: str, text: str = "") -> str:
    return f'<a href="{path}">{text or path}</a>'
