"""The columns that plan sheets have (计划表各栏): how each is read into parts of a line, and written from a line.

Parts bear the names of a line's fields; those that begin with a low line are compared with other columns and go no further.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from inspect_engine.planning.plans.form import LineSpec
from inspect_engine.planning.plans.layouts import amounts, parties, windows, wording
from inspect_engine.planning.plans.layouts.column import Column, LineTotals, Parts, Reading, Showing
from inspect_engine.planning.tables import TaskKind
from inspect_engine.registers.importing.faults import Bad


def _nothing(_text: str, _about: Reading) -> Parts:
    return {}


def _total(text: str, _about: Reading) -> Parts:
    """A number of bodies: the plan's numbers are the model's, so it is only held to be one."""
    return {"_number": amounts.parse_number(text)}


def _population(text: str, _about: Reading) -> Parts:
    return {"_base": amounts.parse_number(text)}


def _name(text: str, about: Reading) -> Parts:
    if about.exact:
        return {"name": wording.unquote(text) if text.startswith('"') else wording.parse_plain(text)}
    return {"name": wording.parse_plain(text)}


def _plain(name: str) -> Column:
    def read(text: str, about: Reading) -> Parts:
        return {name: wording.unquote(text) if about.exact else wording.one_line(text)}

    def show(line: LineSpec, about: Showing) -> str:
        value: str = getattr(line, name)
        return wording.quote(value) if about.exact else value

    return Column(read, show, (name,))


def _code(text: str, _about: Reading) -> Parts:
    if not re.fullmatch("[A-Za-z0-9-]{1,16}", text):
        raise Bad("plans.sheet-code", value=text)
    return {"code": text}


def _items(text: str, about: Reading) -> Parts:
    read = parties.parse_exact_items if about.exact else parties.parse_items
    return {"items": read(text, about.names)}


def _show_items(line: LineSpec, about: Showing) -> str:
    if about.exact:
        return parties.show_exact_items(line.items)
    return parties.show_items(dict.fromkeys(line.items), about.names)  # type: ignore[arg-type]


def _departments(text: str, about: Reading) -> Parts:
    if about.exact:
        return {"departments": parties.parse_exact(text, about.names)}
    host, joiners = parties.parse_roles(text, about.names)
    parts: Parts = {"departments": (host.as_host(True), *(j.as_host(False) for j in joiners))}
    return parts | ({"section": host.section} if host.section else {})


def _show_departments(line: LineSpec, about: Showing) -> str:
    return parties.show_exact(line.departments) if about.exact else parties.show_roles(line, about.names)


def _host(text: str, about: Reading) -> Parts:
    host = parties.parse_party(text, about.names)
    return {"_host": host.as_host(True)} | ({"section": host.section} if host.section else {})


def _show_host(line: LineSpec, about: Showing) -> str:
    return about.names.name_of("agency", parties.split(line)[0].agency)


def _joiners(text: str, about: Reading) -> Parts:
    return {"_joiners": tuple(j.as_host(False) for j in parties.parse_parties(text, about.names))}


def _show_joiners(line: LineSpec, about: Showing) -> str:
    return "、".join(about.names.name_of("agency", d.agency) for d in parties.split(line)[1])


def _source_section(text: str, _about: Reading) -> Parts:
    match = re.fullmatch(r"([^（(]*)[（(](.*)[）)]", wording.one_line(text))
    if match is None:
        return {"source": wording.parse_source(text)}
    return {"source": wording.parse_source(match[1]), "section": match[2].strip()}


def _show_source_section(line: LineSpec, _about: Showing) -> str:
    return wording.show_source(line.source) + (f"（{line.section}）" if line.section else "")


def _batches(text: str, about: Reading) -> Parts:
    found, remarks = windows.parse_windows(text, about.year)
    about.aside += [Bad("plans.sheet-remark", value=remark) for remark in remarks]
    return {"batches": found}


def _amount(text: str, about: Reading) -> Parts:
    return _taken(amounts.parse_amount(text), about)


def _taken(amount: amounts.Amount, about: Reading) -> Parts:
    about.aside += [Bad("plans.sheet-remark", value=remark) for remark in amount.aside]
    return {"kind": amount.kind, "ratio": amount.ratio}


def _base_amount(text: str, about: Reading) -> Parts:
    base, amount = amounts.parse_base(text)
    return {"_base": base} | (_taken(amount, about) if amount else {})


def _show_amount(line: LineSpec, _about: Showing) -> str:
    return amounts.show_amount(line.kind, line.ratio)


def _show_base(line: LineSpec, about: Showing) -> str:
    population = about.totals.population if about.totals else None
    return amounts.show_base(population, _show_amount(line, about))


def _show_local(line: LineSpec, about: Showing) -> str:
    """Base and ratio; nothing where there are no numbers yet, since the ratio has a column of its own."""
    if about.totals is None:
        return ""
    return amounts.show_base(about.totals.population, _show_amount(line, about), colon=True)


def _times(text: str, _about: Reading) -> Parts:
    return {"_times": amounts.parse_times(text)}


def _show_times(line: LineSpec, _about: Showing) -> str:
    return f"={len(line.batches)}"


def _classes(text: str, _about: Reading) -> Parts:
    return {"ranges": amounts.parse_classes(text)}


def _show_classes(line: LineSpec, about: Showing) -> str:
    """Numbers of classes stand in the complete layout alone."""
    if about.exact:
        return amounts.show_classes(line.ranges)
    return "按信用风险等级递增" if line.kind is TaskKind.set else "各信用风险等级比例相同"


def _scope(text: str, about: Reading) -> Parts:
    return {"scope": wording.parse_scope(text, about.names)}


def _show_scope(line: LineSpec, about: Showing) -> str:
    return wording.show_scope(line.scope, about.names)


def _part_of_scope(name: str) -> Column:
    """One list of a scope in the complete layout."""

    def read(text: str, about: Reading) -> Parts:
        words = wording.read_list(text)
        if name == "regions":
            words = tuple(about.names.region(word) for word in words)
        return {f"_scope_{name}": wording.parse_kinds(words) if name == "kinds" else words}

    def show(line: LineSpec, _about: Showing) -> str:
        return wording.write_list(
            wording.show_kinds(line.scope) if name == "kinds" else getattr(line.scope, name)
        )

    return Column(read, show, ("scope",))


def _aimed(text: str, _about: Reading) -> Parts:
    return {"_aimed": wording.parse_aimed(text)}


def _show_aimed(line: LineSpec, _about: Showing) -> str:
    return "定向" if wording.is_aimed(line.scope) else "不定向"


def _sector(text: str, about: Reading) -> Parts:
    about.aside.append(Bad("plans.sheet-remark", value=text))
    return {}


def _whole(name: str) -> Column:
    def read(text: str, _about: Reading) -> Parts:
        return {name: wording.parse_whole(text)}

    def show(line: LineSpec, _about: Showing) -> str:
        value = getattr(line, name)
        return "" if value is None else str(value)

    return Column(read, show, (name,), number=True)


def _whether(name: str) -> Column:
    def read(text: str, _about: Reading) -> Parts:
        return {name: wording.parse_whether(text)}

    def show(line: LineSpec, _about: Showing) -> str:
        return "是" if getattr(line, name) else "否"

    return Column(read, show, (name,))


def _of_totals(show: Callable[[LineTotals], str], read: Callable[[str, Reading], Parts] = _total) -> Column:
    return Column(read, lambda _line, about: show(about.totals) if about.totals else "", number=True)


def _monthly(totals: LineTotals) -> str:
    return "、".join(f"{month}月{take}户" for month, take in sorted(totals.by_month.items()))


COLUMNS: Mapping[str, Column] = {
    "number": Column(_nothing, lambda _line, about: str(about.number)),
    "code": Column(_code, lambda line, _about: line.code, ("code",), filled=True),
    "name": Column(
        _name,
        lambda line, about: wording.quote_name(line.name) if about.exact else line.name,
        ("name",),
        filled=True,
    ),
    "items": Column(_items, _show_items, ("items",), filled=True),
    "departments": Column(_departments, _show_departments, ("departments",), filled=True),
    "host": Column(_host, _show_host, ("departments",), filled=True),
    "joiners": Column(_joiners, _show_joiners, ("departments",)),
    "section": _plain("section"),
    "source": Column(
        lambda text, _about: {"source": wording.parse_source(text)},
        lambda line, _about: wording.show_source(line.source),
        ("source",),
    ),
    "source_section": Column(_source_section, _show_source_section, ("source", "section")),
    "method": Column(
        lambda text, _about: {"method": wording.parse_method(text)},
        lambda line, _about: wording.show_method(line.method),
        ("method",),
    ),
    "batches": Column(
        _batches, lambda line, _about: windows.show_windows(line.batches), ("batches",), filled=True
    ),
    "busy": Column(
        lambda text, _about: {"busy": wording.parse_months(text)},
        lambda line, _about: "、".join(f"{month}月" for month in line.busy),
        ("busy",),
    ),
    "amount": Column(_amount, _show_amount, ("kind", "ratio"), number=True, filled=True),
    "base_amount": Column(_base_amount, _show_base, ("kind", "ratio"), number=True, filled=True),
    "base": Column(_base_amount, _show_local, number=True),
    "times": Column(_times, _show_times, number=True),
    "classes": Column(_classes, _show_classes, number=True),
    "scope": Column(_scope, _show_scope, ("scope",)),
    "regions": _part_of_scope("regions"),
    "kinds": _part_of_scope("kinds"),
    "industries": _part_of_scope("industries"),
    "labels": _part_of_scope("labels"),
    "aimed": Column(_aimed, _show_aimed, filled=True),
    "sector": Column(_sector, lambda line, _about: "、".join(line.scope.industries)),
    "group": _plain("group"),
    "reserve": _whole("reserve"),
    "substitutes": _whether("substitutes"),
    "yearly_cap": _whole("yearly_cap"),
    "publish_list": _whether("publish_list"),
    "note": _plain("note"),
    "total": _of_totals(lambda totals: f"{totals.take}户"),
    "population": _of_totals(lambda totals: str(totals.population), _population),
    "take": _of_totals(lambda totals: str(totals.take)),
    "by_month": _of_totals(_monthly, _nothing),
}

#: Columns of a layout that has a row for each department: they are read and written row by row.
ROW_COLUMNS = ("department", "row_items", "agencies", "roles")

#: Fields whose merged cells must not reach over different tasks.
NUMBERS = frozenset(name for name, column in COLUMNS.items() if column.number) - {"classes"}
