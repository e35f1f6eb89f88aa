"""Layouts of plan sheets (计划表式): which columns a bureau's table has, in which order, under which headings.

A layout is a TOML file in ``maps``::

    name = "上高"
    title = "{year}年“双随机、一公开”抽查工作计划"   # stands above the headings; only year is filled in
    public = true                                     # may be published: nothing of risk classes
    rows = "task"                                     # or "department": a task takes a row for each department
    optional = ["number"]                             # columns that a sheet may lack
    [columns]                                         # field = headings; the first one is written
    number = ["序号"]
    [also]                                            # understood where a sheet has them, never written
    note = ["备注"]
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import Field

from inspect_engine.errors import EngineError
from inspect_engine.planning.spec import Form, Text


class Layout(Form):
    """One layout; see the head of this module."""

    name: Text
    title: Text
    source: str = ""
    public: bool = True
    rows: Literal["task", "department"] = "task"
    optional: tuple[Text, ...] = ()
    columns: dict[str, tuple[Text, ...]] = Field(min_length=1)
    also: dict[str, tuple[Text, ...]] = Field(default_factory=dict)

    @property
    def needed(self) -> tuple[str, ...]:
        """Fields without whose column no sheet is taken."""
        return tuple(field for field in self.columns if field not in self.optional)

    @property
    def known(self) -> dict[str, tuple[str, ...]]:
        """All fields that are understood, and their headings."""
        return {**self.columns, **self.also}


def shipped_layouts() -> tuple[str, ...]:
    """Names of the layouts that come with the product."""
    folder = files(__package__) / "maps"
    return tuple(sorted(e.name.removesuffix(".toml") for e in folder.iterdir() if e.name.endswith(".toml")))


@cache
def layout_named(name: str) -> Layout:
    """Read a layout that comes along, ``chizhou`` for instance.

    Raises
    ------
    EngineError
        ``plans.sheet-layout-unknown``.
    """
    if name not in shipped_layouts():
        raise EngineError("plans.sheet-layout-unknown", name=name, known=", ".join(shipped_layouts()))
    path = files(__package__) / "maps" / f"{name}.toml"
    return Layout.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
