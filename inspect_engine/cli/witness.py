"""``witness``: for a witness's own machine, which needs no store and no network (见证)."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from inspect_engine.cli import show
from inspect_engine.cli.context import now, refusals
from inspect_engine.errors import EngineError

app = typer.Typer(no_args_is_help=True, help="见证人：做密钥、对承诺签名 · A witness's key and signature")


@app.command()
def keygen(path: Annotated[Path, typer.Argument(help="密钥文件 · key file to make")]) -> None:
    """做一把密钥，只有本人可读 · Make a key that only you can read."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    with refusals(json_wanted=False):
        key = Ed25519PrivateKey.generate()
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise EngineError("drawing.key-file", path=str(path), fault=error.strerror) from error
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(key.private_bytes_raw().hex() + "\n")
        show.facts(
            "密钥已做好，请公布公钥 · Publish the public key",
            {"public": key.public_key().public_bytes_raw().hex()},
        )


@app.command()
def sign(
    commitment: Annotated[str, typer.Argument(help="承诺，64 位十六进制 · commitment")],
    key: Annotated[Path, typer.Option(help="密钥文件 · key file")],
    name: Annotated[str, typer.Option(help="见证人名称 · name of the witness")],
    out: Annotated[Path, typer.Option(help="写到 · write to")],
) -> None:
    """对承诺签名，写成一个文件交给抽取方 · Sign a commitment into a file for those who draw."""
    with refusals(json_wanted=False):
        row = signature(commitment, _read(key), name, stamp_now())
        out.write_text(json.dumps(row, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        show.facts("已签名 · Signed", row)


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
