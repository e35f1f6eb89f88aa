"""Laws of the codes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_engine.registers.codes import (
    ALPHABET,
    check_sign,
    fold,
    is_industry,
    is_region,
    parent_region,
    region_level,
    unified_fault,
)
from inspect_engine.registers.importing.faults import Bad
from inspect_engine.registers.importing.kinds.targets import key_of
from inspect_engine.registers.tables import Level

codes = st.text(ALPHABET, min_size=17, max_size=17).map(lambda first: first + check_sign(first))


def _oracle(first: str) -> str:
    """The standard's formula, by hand and slowly."""
    weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]
    total = 0
    for sign, weight in zip(first, weights, strict=True):
        total += "0123456789ABCDEFGHJKLMNPQRTUWXY".index(sign) * weight
    rest = 31 - total % 31
    return "0" if rest == 31 else "0123456789ABCDEFGHJKLMNPQRTUWXY"[rest]


@given(st.text(ALPHABET, min_size=17, max_size=17))
def test_check_sign_is_the_standards(first: str) -> None:
    """The 18th sign is that of GB 32100, with the standard's own table of weights."""
    assert check_sign(first) == _oracle(first)


@given(codes, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_every_single_substitution_is_caught(code: str, place: int, sign: str) -> None:
    """No code stays valid when one of its signs becomes another."""
    other = code[:place] + sign + code[place + 1 :]
    assert unified_fault(code) is None
    assert (unified_fault(other) is None) == (other == code)


@pytest.mark.parametrize(
    "code",
    [
        "91110108551385082Q",
        "91110000600037341L",
        "91350100M000100Y43",
        "11330600MB1573660P",
        "11330700762512299C",
    ],
)
def test_published_codes_are_valid(code: str) -> None:
    """Codes of known bodies are valid."""
    assert unified_fault(code) is None


def test_remainder_zero_is_a_valid_code() -> None:
    """Where the weighted sum is 0 mod 31 the check sign is 0; checkers that look for a 31st sign refuse these."""
    found = [f"9133040{n:010d}" for n in range(400) if check_sign(f"9133040{n:010d}") == "0"]
    assert len(found) > 5
    assert all(unified_fault(first + "0") is None for first in found)
    assert all(unified_fault(first + "Y") == "code-check" for first in found)


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("", "code-length"),
        ("9111", "code-length"),
        ("9111010855138508ZQ", "code-signs"),
        ("91110108551385082R", "code-check"),
    ],
)
def test_wrong_codes_say_what_is_wrong(code: str, fault: str) -> None:
    """Length, alphabet and check sign are told apart."""
    assert unified_fault(code) == fault


@given(codes)
def test_fold_names_one_body(code: str) -> None:
    """Small letters and full-width signs name the same body."""
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in code)
    assert fold(code.lower()) == fold(wide) == fold(wide.lower()) == code


@given(codes, st.integers(0, 17), st.sampled_from(["REG", "refuse"]))
def test_a_wrong_check_sign_is_never_taken(code: str, place: int, numbers: str) -> None:
    """Neither map nor form lets a damaged unified code in: not with a wrong sign, not with one sign lost or doubled."""
    wrong = code[:place] + ALPHABET[(ALPHABET.index(code[place]) + 1) % 31] + code[place + 1 :]
    for text in (wrong, code[:place] + code[place + 1 :], code[:place] + code[place] + code[place:]):
        with pytest.raises(Bad):
            key_of(text, None, numbers)


@pytest.mark.parametrize("number", ["320404000009558", "3209231100626", "13830295-X"])
def test_old_numbers_need_the_map(number: str) -> None:
    """An old number is a key where the map says so, and refused otherwise."""
    assert key_of(number, None, "REG") == f"REG:{number}"
    with pytest.raises(Bad, match="old-number"):
        key_of(number, None, "refuse")


def test_regions_lead_upwards() -> None:
    """Every region's parent is the next larger one by its digits, up to the province."""
    path = ["330402007024", "330402007", "330402", "330400", "330000", None]
    assert [parent_region(code) for code in path[:-1] if code] == path[1:]
    levels = [region_level(code) for code in path[:-1] if code]
    assert levels == [Level.village, Level.town, Level.county, Level.city, Level.province]


def test_shapes() -> None:
    """Regions need a province that exists, industries a letter or two to four digits."""
    assert all(map(is_region, ("330402", "330402007", "110101")))
    assert not any(map(is_region, ("030210", "33040", "33040A", "３３０４０２", "3304020071")))
    assert all(map(is_industry, ("A", "T", "52", "521", "5212", "F5212")))
    assert not any(map(is_industry, ("U", "5", "52123", "52A", "")))
