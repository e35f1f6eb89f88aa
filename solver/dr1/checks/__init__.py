"""The checks of a pack, one room a subject, each under a stable id (dr1 section 8)."""
