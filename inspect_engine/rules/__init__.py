"""Numbers and lists of the law as versioned data files (规则库): nothing of this kind stands in code.

A rule has a key, a value, the place it holds for, the days it is in force, its source and a mark of certainty:
*read* in a source, *secondary* (a mirror or a report), *practice* (seen in real systems), *derived*, *memory*
(check before relying on it), or *house* (this product's own choice). A draw keeps :func:`edition`, the hash of all
rule files, so that it is known which rules it stood on.
"""

from inspect_engine.rules.loader import Rule, codes_of, edition, rule_on, rules_of

__all__ = ["Rule", "codes_of", "edition", "rule_on", "rules_of"]
