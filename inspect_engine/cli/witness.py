"""``witness``: for a witness's own machine, which needs no store and no network (见证)."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from inspect_engine.cli import show
from inspect_engine.cli.context import entropy, now, refusals, write_text
from inspect_engine.errors import EngineError

app = typer.Typer(no_args_is_help=True, help="见证人：做密钥、对承诺签名 · A witness's key and signature")


Json = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]


@app.command()
def keygen(
    path: Annotated[Path, typer.Argument(help="密钥文件 · key file to make")], as_json: Json = False
) -> None:
    """做一把密钥，只有本人可读 · Make a key that only you can read."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    with refusals(as_json):
        key = Ed25519PrivateKey.generate()
        write_text(path, key.private_bytes_raw().hex() + "\n", 0o600)
    public = key.public_key().public_bytes_raw().hex()
    _say(as_json, "密钥已做好，请公布公钥 · Publish the public key", {"public": public})


@app.command()
def sign(
    commitment: Annotated[str, typer.Argument(help="承诺，64 位十六进制 · commitment")],
    key: Annotated[Path, typer.Option(help="密钥文件 · key file")],
    name: Annotated[str, typer.Option(help="见证人名称 · name of the witness")],
    out: Annotated[Path, typer.Option(help="写到 · write to")],
    as_json: Json = False,
) -> None:
    """对承诺签名，写成一个文件交给抽取方 · Sign a commitment into a file for those who draw."""
    with refusals(as_json):
        if not re.fullmatch(r"[0-9a-f]{64}", commitment):
            raise EngineError("cli.commitment")
        row = signature(commitment, _read(key), _name(name), stamp_now())
        write_text(out, json.dumps(row, ensure_ascii=False, indent=1) + "\n")
    _say(as_json, "已签名 · Signed", row)


@app.command()
def share(
    party: Annotated[str, typer.Option(help="任务单上的一方 · the party, as in the order form")],
    out: Annotated[
        Path, typer.Option(help="份额文件，抽取前保密 · file of the share, secret until the draw")
    ],
    as_json: Json = False,
) -> None:
    """做一份种子份额，印出任务单所需的承诺 · Make a share; its commitment goes into the order form."""
    from solver.dr1.seed import share_commitment

    with refusals(as_json):
        value = entropy()
        committed = share_commitment(_name(party), value)
        write_text(out, value + "\n", 0o600)
    _say(
        as_json, "份额已做好，请公布承诺 · Publish the commitment", {"party": party, "commitment": committed}
    )


def _name(text: str) -> str:
    """A name that can stand in a pack: not empty, no control characters, in normal form C."""
    if not text.strip() or any(unicodedata.category(one) in ("Cc", "Cs") for one in text):
        raise EngineError("cli.name")
    return unicodedata.normalize("NFC", text)


def _say(as_json: bool, title: str, rows: Mapping[str, str]) -> None:
    if as_json:
        show.as_json(rows)
    else:
        show.facts(title, rows)


def stamp_now() -> str:
    """The time of now as the protocol writes it."""
    from inspect_engine.drawing.steps import stamp

    return stamp(now())


def signature(commitment: str, private: bytes, name: str, at: str) -> dict[str, str]:
    """Sign a commitment as ``dr1`` section 3 says, RFC 8032 over ``text("dr1/witness", commitment, at)``."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from solver.dr1.seed import witness_message

    key = Ed25519PrivateKey.from_private_bytes(private)
    return {
        "at": at,
        "key": key.public_key().public_bytes_raw().hex(),
        "kind": "ed25519",
        "name": name,
        "signature": key.sign(witness_message(commitment, at)).hex(),
    }


def _read(path: Path) -> bytes:
    try:
        raw = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise EngineError("drawing.key-file", path=str(path), fault=str(error)) from error
    if len(raw) != 32:
        raise EngineError("drawing.key-file", path=str(path), fault="32 bytes")
    return raw
