"""The append-only log of every change (留痕)."""
