"""The tree hash is RFC 6962's recursive definition, and its proofs prove just what is there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.dr1 import merkle
from solver.dr1.encoding import digest
from tests.dr1 import oracle
from tests.dr1.support import VECTORS, hashes


@pytest.mark.parametrize("case", VECTORS["merkle"], ids=lambda case: str(len(case["leaves"])))
def test_known_roots(case: dict[str, object]) -> None:
    """Every known root, in both hashes."""
    leaves = [leaf.encode() for leaf in case["leaves"]]  # type: ignore[attr-defined]
    assert merkle.root(leaves) == case["root"]
    assert merkle.root(iter(leaves), "sm3") == case["root_sm3"]


@given(st.lists(st.binary(max_size=6), max_size=40), hashes)
def test_root_is_the_recursive_definition(leaves: list[bytes], name: str) -> None:
    """The streaming root is the RFC's."""
    assert merkle.root(leaves, name) == oracle.merkle_root(leaves, name).hex()


def test_every_proof_of_every_small_tree() -> None:
    """All leaves of all sizes up to 64: the path is the RFC's, and it proves that leaf at that place alone."""
    proved = 0
    for size in range(1, 65):
        leaves = [b"%d" % i for i in range(size)]
        root, tree = merkle.root(leaves), merkle.levels(leaves)
        for index in range(size):
            proof = merkle.proof_from(tree, index)
            assert (
                proof
                == [node.hex() for node in oracle.merkle_path(index, leaves)]
                == merkle.inclusion_proof(leaves, index)
            )
            assert merkle.verify_inclusion(leaves[index], index, size, proof, root)
            assert not merkle.verify_inclusion(b"other", index, size, proof, root)
            if size > 1:
                assert not merkle.verify_inclusion(leaves[index], (index + 1) % size, size, proof, root)
            assert not merkle.verify_inclusion(leaves[index], index, size, [*proof, root], root)
            assert not proof or not merkle.verify_inclusion(leaves[index], index, size, proof[:-1], root)
            proved += 1
    assert proved == 64 * 65 // 2


@given(st.integers(2, 40), st.data())
def test_any_changed_bit_fails(size: int, data: st.DataObject) -> None:
    """A flipped bit of leaf, root or path is found."""
    leaves = [b"leaf %d" % i for i in range(size)]
    index = data.draw(st.integers(0, size - 1))
    root, proof = merkle.root(leaves), merkle.inclusion_proof(leaves, index)
    parts = [leaves[index].hex(), root, *proof]
    which = data.draw(st.integers(0, len(parts) - 1))
    raw = bytearray.fromhex(parts[which])
    bit = data.draw(st.integers(0, 8 * len(raw) - 1))
    raw[bit // 8] ^= 1 << bit % 8
    parts[which] = raw.hex()
    leaf, changed_root, *path = parts
    assert not merkle.verify_inclusion(bytes.fromhex(leaf), index, size, path, changed_root)


@pytest.mark.parametrize("digits", ["", "zz" * 32, "AB" * 32, "ab" * 31, "ab" * 33, " " + "a" * 63])
def test_a_path_in_other_than_lower_hex_proves_nothing(digits: str) -> None:
    """Malformed paths are false, not a crash."""
    assert not merkle.verify_inclusion(b"a", 0, 2, [digits], merkle.root([b"a", b"b"]))


def test_a_path_has_one_spelling() -> None:
    """The right sibling in capitals, or with spaces that a reader of hex would pass over, proves nothing."""
    root, (sibling,) = merkle.root([b"a", b"b"]), merkle.inclusion_proof([b"a", b"b"], 0)
    assert merkle.verify_inclusion(b"a", 0, 2, [sibling], root)
    for other in (sibling.upper(), sibling[:2] + " " + sibling[2:], sibling + "00", sibling[:-1]):
        assert not merkle.verify_inclusion(b"a", 0, 2, [other], root)


@pytest.mark.parametrize(("index", "size"), [(-1, 2), (2, 2), (0, 0)])
def test_no_proof_of_a_place_that_is_none(index: int, size: int) -> None:
    """An index outside the tree is neither provable nor true."""
    assert not merkle.verify_inclusion(b"a", index, size, [], merkle.root([b"a"]))
    with pytest.raises(IndexError):
        merkle.inclusion_proof([b"a"] * size, index)


def test_places_are_not_counted_from_the_end() -> None:
    """The path of the last leaf does not prove place -1, whose bits are those of every last place."""
    leaves = [b"a", b"b", b"c", b"d"]
    proof = merkle.inclusion_proof(leaves, 3)
    assert merkle.verify_inclusion(b"d", 3, 4, proof, merkle.root(leaves))
    assert not merkle.verify_inclusion(b"d", -1, 4, proof, merkle.root(leaves))


def test_a_node_is_no_leaf() -> None:
    """The hash of two leaves cannot be passed off as one leaf of a smaller tree."""
    left, right = (digest(b"\x00" + leaf) for leaf in (b"a", b"b"))
    assert merkle.root([left + right]) != merkle.root([b"a", b"b"])
