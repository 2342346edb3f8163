"""How the web application is served: which headers go with what, for the stack on one machine and for Firebase Hosting alike.

`python -m infra.hosting` prints the headers as firebase.json wants them.
"""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Sequence

IMMUTABLE = "public, max-age=31536000, immutable"  # the name carries a hash of the content
ANEW = "no-cache"  # asked for anew each time, so that nobody works with a former release
CLOUD = ("https://identitytoolkit.googleapis.com", "https://securetoken.googleapis.com", "https://storage.googleapis.com")
WORKERS = "/assets/*worker*"  # of PDF pages: it alone may compile WebAssembly, for pictures in JPEG 2000


def policy(reached: Sequence[str]) -> str:
    """The content security policy of every page; `reached` are the origins besides ours that it may talk to."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            f"connect-src 'self' {' '.join(reached)}",
            "worker-src 'self'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types qfacts-worker",
        )
    )


def rules(reached: Sequence[str]) -> list[tuple[str, dict[str, str]]]:
    """Which headers go with which paths; of the rules that fit a path, a later one counts before an earlier one."""
    everywhere = {
        "Content-Security-Policy": policy(reached),
        "Cache-Control": ANEW,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    }
    worker = policy(reached).replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
    return [("/**", everywhere), ("/assets/**", {"Cache-Control": IMMUTABLE}), (WORKERS, {"Content-Security-Policy": worker})]


def headers(path: str, reached: Sequence[str]) -> dict[str, str]:
    """The headers of what is served at `path`."""
    found: dict[str, str] = {}
    for pattern, added in rules(reached):
        if fnmatch.fnmatchcase(path, pattern.replace("**", "*")):
            found |= added
    return found


def main() -> None:
    """Print them for Hosting."""
    listed = [
        {"source": source, "headers": [{"key": key, "value": value} for key, value in added.items()]} for source, added in rules(CLOUD)
    ]
    print(json.dumps({"headers": listed}, indent=2))


if __name__ == "__main__":
    main()
