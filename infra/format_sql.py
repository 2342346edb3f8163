"""Lays out the `.sql` files: `python -m infra.format_sql`; with `--check` it only says which of them aren't in the house's format.

Where a line begins with `insert`, `update` or `delete`, the file stands as it was written, for the formatter knows queries only.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import Final

from sqlfmt.api import format_string
from sqlfmt.mode import Mode

from shared.db.statements import TOKENS

ROOT: Final = Path(__file__).resolve().parents[1]
MODE: Final = Mode(line_length=140, no_jinjafmt=True)
LEFT: Final = re.compile(r"^(?:insert|update|delete)\b", re.MULTILINE)
QUOTED: Final = re.compile(r'":([a-zA-Z_]\w*)"')


def laid_out(sql: str) -> str:
    """A statement in the house's format; its parameters are names in quotes meanwhile, which the formatter knows."""
    if LEFT.search(sql):
        return sql
    quoted = TOKENS.sub(lambda found: f'":{found[2]}"' if found[2] else found[0], sql)
    return QUOTED.sub(r":\1", format_string(quoted, MODE))


def main() -> int:
    """Lay out each file, or with `--check` name those that would be altered; how many there are decides the exit code."""
    reader = argparse.ArgumentParser(prog="python -m infra.format_sql", description="Lays out the SQL of shared/queries.")
    reader.add_argument("--check", action="store_true", help="alter nothing; fail where a file isn't in the format")
    check = reader.parse_args().check
    altered = 0
    for path in sorted((ROOT / "shared").rglob("*.sql")):
        written = path.read_text(encoding="utf-8")
        if (wanted := laid_out(written)) != written:
            altered += 1
            print(f"{'Would lay out' if check else 'Laid out'} {path.relative_to(ROOT)}")
            if not check:
                path.write_text(wanted, encoding="utf-8")
    return int(check and altered > 0)


if __name__ == "__main__":
    sys.exit(main())
