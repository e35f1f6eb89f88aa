"""Codes of the field: unified social credit codes, regions, industries, and the keys of targets.

(1) A unified social credit code (统一社会信用代码, GB 32100-2015) has 18 signs over an alphabet of 31, without
    I, O, S, V and Z. With ``v_i`` the place of sign ``i`` in the alphabet and ``w_i = 3^(i-1) mod 31``,
        v_18 = (31 - Σ_{i=1..17} w_i v_i mod 31) mod 31.
    The outer ``mod 31`` is what many checkers lack: at remainder 0 they look for a sign of value 31, find none,
    and refuse one valid code in 31. 31 is prime and no weight is 0, so every single changed sign is caught.
(2) A region (行政区划): 6 digits to the county (GB/T 2260), 9 to the town (GB/T 10114), 12 to the village.
(3) An industry (国民经济行业分类, GB/T 4754-2017): one letter A–T, then 2, 3 or 4 digits, with or without it.

The region inside a unified code is where the body was *first* registered; nothing here takes it for more.
"""

from __future__ import annotations

import re

from inspect_engine.registers.tables import Level, TargetKind

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
#: Mark of a key that is a registered identifier and no unified code.
REG = "REG:"

#: First two digits of a region: the provinces, regions and municipalities of GB/T 2260-2007.
PROVINCES = frozenset(
    str(number)
    for numbers in (range(11, 16), range(21, 24), range(31, 38), range(41, 47), range(50, 55), range(61, 66))
    for number in numbers
) | {"71", "81", "82"}

_VALUES = {sign: value for value, sign in enumerate(ALPHABET)}
_WIDE = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
_IDENTIFIER = re.compile(r"[0-9A-Z\-\u4e00-\u9fff()]{4,40}")
_INDUSTRY = re.compile(r"[A-T]|[A-T]?\d{2,4}")
_NUMBER = re.compile(r"\d(\.\d+)?[eE]\+\d+")

#: Kind of a body by the first two signs of its code (登记管理部门、机构类别); what is not here is another body.
_KINDS = {
    "11": TargetKind.state_organ,
    "12": TargetKind.institution,
    "51": TargetKind.social_organisation,
    "52": TargetKind.social_organisation,
    "53": TargetKind.social_organisation,
    "91": TargetKind.enterprise,
    "92": TargetKind.sole_trader,
    "93": TargetKind.cooperative,
}


def fold(code: str) -> str:
    """Write a code in the one form that names its body: full-width signs narrow, letters large.

    Registers hold one body under ``…x…`` and again under ``…X…``; unfolded, it would have two chances.
    """
    return (code if code.isascii() else code.translate(_WIDE)).upper()


def check_sign(first: str) -> str:
    """Compute the 18th sign from the first 17, which are all of the alphabet (1)."""
    return ALPHABET[-sum(_VALUES[s] * w for s, w in zip(first, WEIGHTS, strict=True)) % 31]


def unified_fault(code: str) -> str | None:
    """Say what is wrong with a folded unified code.

    Returns
    -------
    str or None
        ``code-length``, ``code-signs`` or ``code-check``; None if it is valid.
    """
    if len(code) != 18:
        return "code-length"
    try:
        total = sum([_VALUES[s] * w for s, w in zip(code, WEIGHTS, strict=False)])
        last = _VALUES[code[17]]
    except KeyError:
        return "code-signs"
    return None if last == -total % 31 else "code-check"  # (1)


def is_identifier(text: str) -> bool:
    """Tell whether a text can stand after ``REG:``: 4 to 40 digits, letters, hyphens, Chinese signs."""
    return _IDENTIFIER.fullmatch(text) is not None


def lost_digits(text: str) -> bool:
    """Tell whether a spreadsheet has turned a code into a number (``9.1330421E+17``): its last digits are gone."""
    return _NUMBER.fullmatch(text) is not None


def kind_of(key: str) -> TargetKind:
    """Kind of body that a key tells of; an identifier after ``REG:`` tells nothing and counts as an enterprise."""
    return TargetKind.enterprise if key.startswith(REG) else _KINDS.get(key[:2], TargetKind.other_body)


def is_region(code: str) -> bool:
    """Tell whether a code has the shape of a region (2): 6, 9 or 12 digits under a known province."""
    return len(code) in {6, 9, 12} and code.isascii() and code.isdigit() and code[:2] in PROVINCES


def region_level(code: str) -> Level:
    """Level of a region by the shape of its code (2)."""
    if len(code) > 6:
        return Level.town if len(code) == 9 or code.endswith("000") else Level.village
    if code.endswith("0000"):
        return Level.province
    return Level.city if code.endswith("00") else Level.county


def parent_region(code: str) -> str | None:
    """Region that a region lies in by its code (2); None for a province.

    Counties directly under a municipality (``110101``) lie in ``110100``, as in the published tables.
    """
    if len(code) > 6:
        return code[:6] if len(code) == 9 or code.endswith("000") else code[:9]
    if code.endswith("0000"):
        return None
    return code[:2] + "0000" if code.endswith("00") else code[:4] + "00"


def is_industry(code: str) -> bool:
    """Tell whether a folded code has the shape of GB/T 4754 (3)."""
    return _INDUSTRY.fullmatch(code) is not None
