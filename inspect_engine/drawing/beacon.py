"""Signatures of a public beacon (drand, 公共随机信标), checked against keys that are pinned, never fetched."""

from __future__ import annotations

import hashlib
import re
from typing import Final

from solver.dr1.seed import QUICKNET, beacon_message

#: Domain separation tag of the scheme ``bls-unchained-g1-rfc9380``.
_DST: Final = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"

#: A point of G1 as the protocol writes it; ``bytes.fromhex`` alone would take capitals and blanks too.
_COMPRESSED: Final = re.compile(r"[0-9a-f]{96}")


def verify_beacon(chain: str, round_number: int, randomness: str, signature: str) -> bool:
    """Tell whether a round's randomness is the beacon's own.

    Parameters
    ----------
    chain : str
        Chain hash; only ``quicknet`` of the League of Entropy is known.
    round_number : int
        Number of the round, ≥ 1.
    randomness : str
        64 hex digits, SHA-256 of the signature.
    signature : str
        96 hex digits, a compressed point of G1.

    Notes
    -----
    e(signature, −G2) · e(H(SHA-256(round)), public key) = 1, by RFC 9380 hashing to G1.
    """
    from py_arkworks_bls12381 import GT, G1Point, G2Point

    if chain != QUICKNET.chain or not _COMPRESSED.fullmatch(signature):
        return False
    try:
        raw = bytes.fromhex(signature)
        point = G1Point.from_compressed_bytes(raw)
    except ValueError:
        return False
    if hashlib.sha256(raw).hexdigest() != randomness:
        return False
    key = G2Point.from_compressed_bytes(bytes.fromhex(QUICKNET.public_key))
    hashed = G1Point.hash_to_curve(beacon_message(round_number), _DST)
    return bool(GT.pairing_check([point, hashed], [-G2Point(), key]))
