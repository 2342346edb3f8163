"""Extracts Unicode's table of characters that look alike (UTS #39) into the form that shared/domain/people/names.py reads.

    python -m infra.confusables confusables.txt

The file is https://www.unicode.org/Public/security/latest/confusables.txt. One line for each character or sequence, followed by those that
look like it; half a megabyte of names and comments stays out.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

FILE = Path(__file__).resolve().parents[1] / "shared" / "domain" / "people" / "confusables.txt"
LINE = re.compile(r"([0-9A-F]+) ;\t([0-9A-F ]+) ;\tMA\t")
KEPT = ("# Date: ", "# ©", "# For terms of use", "# Version: ")


def extracted(text: str) -> str:
    """The table of a confusables.txt; raises ValueError where the file isn't one, or isn't whole."""
    lines = text.removeprefix("\ufeff").splitlines()
    looks_like: dict[str, list[str]] = {}
    for line in lines:
        if found := LINE.match(line):
            looks_like.setdefault(found[2].strip(), []).append(found[1])
    count = sum(map(len, looks_like.values()))
    if f"# total: {count}" not in lines or not count:
        raise ValueError("This isn't Unicode's confusables.txt, or a part of it is missing.")
    head = [line for line in lines if line.startswith(KEPT)]
    rows = [f"{target} = {' '.join(sources)}" for target, sources in sorted(looks_like.items())]
    return "\n".join(("# confusables.txt of UTS #39, made by `python -m infra.confusables`.", *head, *rows, f"# total: {count}", ""))


def main(arguments: list[str] | None = None) -> int:
    """0 where the table was written."""
    parser = argparse.ArgumentParser(prog="python -m infra.confusables", description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, help="Unicode's confusables.txt")
    try:
        FILE.write_text(extracted(parser.parse_args(arguments).file.read_text(encoding="utf-8")), encoding="utf-8")
    except ValueError as trouble:
        print(trouble, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
