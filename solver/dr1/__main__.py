"""``python -m solver.dr1 PACK``: check a pack and say what was seen.

Exit code 0: all that was seen holds; 1: something fails; 2: there is no pack to be read.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

from solver.dr1 import checker, pack, report
from solver.dr1.errors import ProtocolError
from solver.dr1.means import Means


def main(arguments: Sequence[str] | None = None, fingerprint: str = "") -> int:
    """Run the command.

    Parameters
    ----------
    arguments : Sequence[str], optional
        Command line without the program's name; by default the process's.
    fingerprint : str
        SHA-256 of the program itself, to be compared with what its publisher names.

    Returns
    -------
    int
        The exit code.
    """
    asked = _parser().parse_args(arguments)
    try:
        means = Means(
            keys=dict(pair.rsplit("=", 1) for pair in asked.key), previous=_previous(asked.previous)
        )
    except ProtocolError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2
    found = checker.check_file(asked.pack, means)
    made_by = f"{checker.VERSION} {fingerprint}".strip()
    if asked.json:
        told = json.dumps(report.as_json(found, made_by), ensure_ascii=False, indent=1) + "\n"
    else:
        told = report.text(found, asked.lang, made_by)
    sys.stdout.buffer.write(told.encode("utf-8", "backslashreplace"))
    if not found.failed:
        return 0
    return 2 if len(found.verdicts) == 1 else 1


def _previous(path: str | None) -> bytes | None:
    """Return the first stage's parameters of the draw before, from its pack."""
    if path is None:
        return None
    return pack.read(path, checker.LIMITS).get("1-parameters.json", b"")


def _key(value: str) -> str:
    if "=" not in value:
        raise argparse.ArgumentTypeError("NAME=HEX")
    return value


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="dr1-verify",
        description="核验一次双随机抽取的证明包 · Check the pack of a double-random draw (dr1).",
    )
    parser.add_argument("pack", help="证明包 (zip) · the pack")
    parser.add_argument("--json", action="store_true", help="输出 JSON · print JSON")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help="语言 · language")
    parser.add_argument("--previous", metavar="PACK", help="上一次抽取的证明包 · the pack of the draw before")
    parser.add_argument(
        "--key",
        metavar="NAME=HEX",
        type=_key,
        action="append",
        default=[],
        help="已知的见证人公钥 · a witness's public key that you know",
    )
    return parser


if __name__ == "__main__":
    from solver.dr1 import onefile

    sys.exit(main(fingerprint=onefile.fingerprint()))
