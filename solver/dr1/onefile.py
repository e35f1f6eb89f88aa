"""``python -m solver.dr1.onefile OUT``: the whole checker as one file that plain ``python3`` runs, nothing installed.

The file holds the modules' sources as readable text, one after the other, and a finder that imports them from
there. The same sources give the same bytes, so its SHA-256 names the program; it prints it with every report.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from solver.dr1 import checker

_HERE = Path(__file__).resolve().parent
_LEFT_OUT = {"onefile"}

_HEAD = '''#!/usr/bin/env python3
"""Checker of packs of the double-random draw protocol dr1 (双随机抽取核验程序), version {version}.

    python3 {name} PACK.zip [--json] [--lang zh|en] [--previous PACK] [--key NAME=HEX]

It needs Python 3.10 or newer and nothing else: no network, no installed package. Below stand its modules as text.
"""

import sys

if sys.version_info < (3, 10):
    sys.exit("本程序需要 Python 3.10 或更新版本 / this program needs Python 3.10 or newer")

import datetime
import hashlib
import importlib.abc
import importlib.util

if not hasattr(datetime, "UTC"):  # new in 3.11
    datetime.UTC = datetime.timezone.utc

SOURCES = {{}}
'''

_TAIL = '''

class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports the modules whose text stands above."""

    def find_spec(self, name, path=None, target=None):
        if name not in SOURCES:
            return None
        package = any(other.startswith(name + ".") for other in SOURCES)
        return importlib.util.spec_from_loader(name, self, is_package=package)

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        name = module.__name__
        exec(compile(SOURCES[name], "<" + name + ">", "exec"), module.__dict__)


sys.meta_path.insert(0, Finder())

if __name__ == "__main__":
    from solver.dr1.__main__ import main

    with open(__file__, "rb") as own:
        sys.exit(main(fingerprint="sha256:" + hashlib.sha256(own.read()).hexdigest()))
'''


def modules() -> dict[str, str]:
    """Return the source of each module of the checker by its full name, packages before what they hold."""
    found = {"solver": '"""Chance and optimisation."""\n'}
    for path in sorted(_HERE.rglob("*.py")):
        inner = path.relative_to(_HERE).with_suffix("").parts
        parts = ("solver", "dr1", *(inner[:-1] if inner[-1] == "__init__" else inner))
        if parts[-1] not in _LEFT_OUT:
            found[".".join(parts)] = path.read_text(encoding="utf-8")
    return dict(sorted(found.items()))


def build(name: str = "dr1-verify.py") -> bytes:
    """Return the bytes of the one file.

    Raises
    ------
    ValueError
        If a source cannot stand as raw text between triple quotes.
    """
    parts = [_HEAD.format(version=checker.VERSION, name=name)]
    for module, source in modules().items():
        if "'''" in source or source.endswith(("\\", "'")):
            raise ValueError(module)
        parts.append(f"\n# {'=' * 20} {module}\nSOURCES[{module!r}] = r'''{source}'''\n")
    return ("".join(parts) + _TAIL).encode()


def fingerprint() -> str:
    """Return the SHA-256 of the one file that these sources make."""
    return f"sha256:{hashlib.sha256(build()).hexdigest()}"


def main() -> int:
    """Write the file that the command line names."""
    target = Path(sys.argv[1] if len(sys.argv) == 2 else "dr1-verify.py")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(build())
    print(f"{target}  {checker.VERSION}  {fingerprint()}")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
