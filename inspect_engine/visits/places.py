"""Streets in addresses (街道)."""

from __future__ import annotations


def street_of(town: str, address: str) -> str:
    """Street of an address."""
    return ""
