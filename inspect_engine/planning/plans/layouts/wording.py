"""Words of a plan sheet (表内文字): verbatim texts and lists, who set a task going, how it is inspected, of whom.

The complete layout writes texts as they stand; one that a sheet would change, or that would end a list, stands as a JSON
string (``"…"``). Bureaus' layouts never write such a string and take none for one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

from inspect_engine.planning.plans.form import TaskSource
from inspect_engine.planning.plans.layouts.names import Names
from inspect_engine.planning.plans.layouts.windows import narrow
from inspect_engine.planning.spec import Scope
from inspect_engine.planning.tables import Method
from inspect_engine.registers.importing import vocabulary
from inspect_engine.registers.importing.cells import clean_text
from inspect_engine.registers.importing.faults import Bad
from inspect_engine.registers.importing.itemtexts import parse_methods

#: Signs that divide lists in the complete layout, or have a meaning within a part.
_SIGNS = frozenset('；;"@×（）()/\t')
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[^；;]+')
_PIECE = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^；;"])+')
_LIST = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^"])*')
_SUPERIOR = re.compile(
    "上级(?:部署|发起|统一组织发起|统一部署|组织发起)?|(?:国家|省级?|总局|省局)(?:统一)?(?:组织)?(?:部署|发起)"
)
_OWN = re.compile("(?:本级|本部门|本局|自行|各地自行|本级自行)(?:组织)?(?:发起)?")
_METHODS = {Method.onsite: "现场检查", Method.paper: "书面检查", Method.network: "网络监测"}
_KINDS = {value: word for word, value in reversed(vocabulary.TARGET_KINDS.items()) if not word.isascii()}
_EVERYONE = re.compile(
    "(?:辖区内?|全部|所有|全市|全县|全区|本市|本县|本区)*(?:检查对象|抽查对象|对象|主体|经营主体)?|不限"
)
_TERRITORY = re.compile("^(?:辖区内?|全部|所有|全市|全县|全区|本市|本县|本区)(?:的|所有)?")
_SLID = re.compile(r"[≥≤><=]*\d[\d.,]*[%‰户家个次]?")


def quote(text: str) -> str:
    """A text that a cell gives back unchanged."""
    return text if not text or (_stands(text) and text[0] != '"') else json.dumps(text)


def quote_name(text: str) -> str:
    """As :func:`quote`, and also what :func:`parse_plain` would take for a number that has slid."""
    return json.dumps(text) if _SLID.fullmatch(narrow(text)) else quote(text)


def quote_part(text: str) -> str:
    """A text that a list in a cell gives back unchanged."""
    return text if text and _stands(text) and not _SIGNS & set(text) else json.dumps(text)


def _stands(text: str) -> bool:
    try:
        return clean_text(text) == text
    except Bad:
        return False


def unquote(text: str) -> str:
    """Undo :func:`quote`; raises ``plans.sheet-quoted``."""
    if not text.startswith('"'):
        return text
    try:
        said = json.loads(text)
    except ValueError as error:
        raise Bad("plans.sheet-quoted", value=text) from error
    if not isinstance(said, str):
        raise Bad("plans.sheet-quoted", value=text)
    return said


def write_list(parts: Iterable[str]) -> str:
    """Write a list of texts."""
    return "；".join(quote_part(part) for part in parts)


def pieces(text: str) -> tuple[str, ...]:
    """Parts of a list that may hold quoted texts; raises ``plans.sheet-quoted`` where a quotation mark has no second."""
    if not _LIST.fullmatch(text):
        raise Bad("plans.sheet-quoted", value=text)
    return tuple(part.strip() for part in _PIECE.findall(text))


def read_list(text: str) -> tuple[str, ...]:
    """Undo :func:`write_list`; raises ``plans.sheet-quoted``."""
    parts, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise Bad("plans.sheet-quoted", value=text)
        parts.append(match[0])
        at = match.end()
        if at < len(text):
            if text[at] not in "；;":
                raise Bad("plans.sheet-quoted", value=text)
            at += 1
    return tuple(unquote(part.strip()) for part in parts)


def one_line(text: str) -> str:
    """A text whose lines were broken inside its cell."""
    return "".join(text.split("\n"))


def parse_plain(text: str) -> str:
    """A name of something: raises ``plans.sheet-shifted`` for a number or ratio, which belongs to another column."""
    said = one_line(text)
    if _SLID.fullmatch(narrow(said)):
        raise Bad("plans.sheet-shifted", value=text)
    return said


def parse_source(text: str) -> TaskSource:
    """Who set a task going (发起方式); raises ``plans.sheet-source``."""
    said = narrow(text)
    if said in ("superior", "own"):
        return TaskSource(said)
    if _SUPERIOR.fullmatch(said):
        return TaskSource.superior
    if _OWN.fullmatch(said):
        return TaskSource.own
    raise Bad("plans.sheet-source", value=text)


def show_source(source: TaskSource) -> str:
    """Write who set a task going."""
    return "上级部署" if source is TaskSource.superior else "本级发起"


def parse_method(text: str) -> Method:
    """How a task is inspected; raises ``plans.sheet-method``, also where a text names several."""
    said = narrow(text).lower()
    try:
        found = parse_methods(said)
    except Bad as bad:
        raise Bad("plans.sheet-method", value=text) from bad
    names = [str(name) for name in found] if isinstance(found, list) else []
    if len(names) != 1:
        raise Bad("plans.sheet-method", value=text)
    return Method(names[0])


def show_method(method: Method) -> str:
    """Write how a task is inspected."""
    return _METHODS[method]


def parse_kinds(words: Sequence[str]) -> tuple[str, ...]:
    """Kinds of targets (对象类别); raises ``plans.sheet-scope``."""
    found = []
    for word in words:
        kind = vocabulary.TARGET_KINDS.get(narrow(word).lower())
        if kind is None:
            raise Bad("plans.sheet-scope", value=word)
        found.append(kind)
    return tuple(found)


def show_kinds(scope: Scope) -> tuple[str, ...]:
    """Chinese words of the kinds of a scope."""
    return tuple(_KINDS[kind.value] for kind in scope.kinds)


def parse_scope(text: str, names: Names) -> Scope:
    """Whom a task is limited to: kinds and regions by name; 区域：…, 行业：… and 标签：… say what they are.

    Raises
    ------
    Bad
        ``plans.sheet-scope``, ``plans.sheet-region-unknown``, ``plans.sheet-ambiguous``.
    """
    said: dict[str, tuple[str, ...]] = {}
    if _EVERYONE.fullmatch(narrow(text)):
        return Scope()
    for part in filter(None, re.split("[；;\n。]", text)):
        match = re.fullmatch(r"\s*(区域|行业|标签)\s*[:：]\s*(.+?)\s*", part)
        words = tuple(w.strip() for w in re.split("[、，,]", match[2] if match else part) if w.strip())
        field, found = _limits(match[1] if match else "", words, names)
        if field in said or not found:
            raise Bad("plans.sheet-scope", value=text)
        said[field] = found
    return Scope.model_validate(said)


def _limits(label: str, words: Sequence[str], names: Names) -> tuple[str, tuple[str, ...]]:
    if label == "区域":
        return "regions", tuple(names.region(word) for word in words)
    if label:
        return ("industries" if label == "行业" else "labels"), tuple(words)
    bare = [_TERRITORY.sub("", word) if number == 0 else word for number, word in enumerate(words)]
    return "kinds", parse_kinds(bare)


def show_scope(scope: Scope, names: Names) -> str:
    """Write a scope; :func:`parse_scope` reads it back."""
    parts = [
        ("区域：", [names.name_of("region", code) for code in scope.regions]),
        ("", list(show_kinds(scope))),
        ("行业：", list(scope.industries)),
        ("标签：", list(scope.labels)),
    ]
    return "；".join(label + "、".join(words) for label, words in parts if words) or "辖区内检查对象"


def is_aimed(scope: Scope) -> bool:
    """Whether a task is 定向: limited to more than regions."""
    return bool(scope.kinds or scope.industries or scope.labels)


def parse_aimed(text: str) -> bool:
    """定向 or 不定向; raises ``plans.sheet-aimed``."""
    said = narrow(text).removesuffix("抽查")
    if said not in ("定向", "不定向"):
        raise Bad("plans.sheet-aimed", value=text)
    return said == "定向"


def parse_whether(text: str) -> bool:
    """是 or 否; raises ``plans.sheet-whether``."""
    if text not in ("是", "否"):
        raise Bad("plans.sheet-whether", value=text)
    return text == "是"


def parse_whole(text: str) -> int:
    """A whole number; raises ``plans.sheet-number``."""
    if not re.fullmatch("[0-9]{1,7}", narrow(text)):
        raise Bad("plans.sheet-number", value=text)
    return int(narrow(text))


def parse_months(text: str) -> tuple[int, ...]:
    """Months (6月、7月); raises ``plans.sheet-months``."""
    found = re.split("[、,;]", narrow(text))
    if not all(re.fullmatch("(?:[1-9]|1[0-2])月?", month) for month in found):
        raise Bad("plans.sheet-months", value=text)
    return tuple(int(month.removesuffix("月")) for month in found)
