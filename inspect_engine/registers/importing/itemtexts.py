"""Methods (抽查方式) and requirements to officers (检查人员要求) as lists write them.

Both double as the test for rows whose cells have slid into the wrong columns: a cell of methods that names none,
a requirement that lists steps of work. The test reads the content alone, so it finds such rows in any list.
"""

from __future__ import annotations

import re

from inspect_engine.registers.importing.clauses import plain
from inspect_engine.registers.importing.faults import Bad
from solver.dr1.encoding import Json

#: Words that name a method; samples (监督抽查、抽样) are taken on the spot, so they are on-site.
_METHODS = {
    "onsite": re.compile("现场|实地|抽样|抽取样品|监督抽查|检验检测|on-?site", re.IGNORECASE),
    "paper": re.compile("书面|书式|文件查阅|查阅文件|档案|资料|paper", re.IGNORECASE),
    "network": re.compile("网络|线上|在线|非现场|network|online", re.IGNORECASE),
}
_STEPS = re.compile(r"(?:^|[;；。,，\s])\s*[0-9０-９一二三四五六七八九十]+\s*[.．、)）]?\s*[^0-9]")
_NO_NEED = re.compile("无需|不需|无须|无要求|^无$|none", re.IGNORECASE)
_WORK = re.compile("需?从事(.+?)工?作?的?人员$")
_NEED = re.compile("(?:需要?|须|应当?|具[备有]|持有?)+(.+)$")


def parse_methods(text: str) -> Json:
    """Methods in the order on-site, paper, network.

    Raises
    ------
    Bad
        ``not-a-method``: outside titles of documents the text names no method.
    """
    said = plain(text)
    # "非现场" is no visit: take it out before looking for 现场.
    found: list[Json] = [
        name
        for name, words in _METHODS.items()
        if words.search(said.replace("非现场", "") if name == "onsite" else said)
    ]
    if not found:
        raise Bad("not-a-method", value=text)
    return found


def needs_skill(text: str) -> str | None:
    """The skill that a requirement asks for, in its own words; None where it asks for none.

    Raises
    ------
    Bad
        ``not-a-requirement``: a list of steps, or a text that neither asks for anything nor says that nothing is.
    """
    if len(_STEPS.findall(text)) > 1:
        raise Bad("not-a-requirement", value=text)
    if _NO_NEED.search(text):
        return None
    match = _WORK.search(text) or _NEED.search(text)
    if match is None:
        raise Bad("not-a-requirement", value=text)
    return match[1].strip()
