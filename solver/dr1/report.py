"""A report in words, for people, and as JSON, for programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from solver.dr1 import words
from solver.dr1.verdicts import Finding, Outcome, Report, Verdict, Witness

Language = Literal["zh", "en"]

_SIGNS = {Outcome.HOLDS: "✓", Outcome.FAILS: "✗", Outcome.UNSEEN: "–"}
_COPIES = {
    "full": ("完整本", "full copy"),
    "public": ("公开本", "public copy"),
    "unknown": ("不明", "unknown copy"),
}
_LINES = 8  # findings shown for one verdict; the JSON has more


def _pick(pair: words.Pair, language: Language) -> str:
    return pair[0] if language == "zh" else pair[1]


class _Params(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "?"


def say(found: Finding, language: Language) -> str:
    """Put one finding into words; a code without words is shown with its parameters."""
    params = {key: str(value) for key, value in found.params}
    if found.code not in words.FINDINGS:
        return " ".join([found.code, *(f"{key}={value}" for key, value in params.items())])
    return _pick(words.FINDINGS[found.code], language).format_map(_Params(params))


def statement(report: Report, language: Language) -> str:
    """Sum up by what was seen, and no further."""
    fails, unseen = len(report.of(Outcome.FAILS)), len(report.of(Outcome.UNSEEN))
    total = len(report.verdicts)
    if fails:
        return _pick((f"共 {total} 项核验，{fails} 项不成立。", f"Of {total} checks {fails} fail."), language)
    if unseen:
        return _pick(
            (
                f"共 {total} 项核验，所能核验的 {total - unseen} 项成立；{unseen} 项凭此本无法核验，对其不作任何结论。",
                f"Of {total} checks the {total - unseen} that could be made here hold; "
                f"{unseen} cannot be made with this copy, and of these nothing is said.",
            ),
            language,
        )
    return _pick((f"共 {total} 项核验，全部成立。", f"All {total} checks hold."), language)


def text(report: Report, language: Language, checker: str = "") -> str:
    """Write the report as a table, with witnesses, limits and the sum.

    Parameters
    ----------
    checker : str
        Which checker made it: its version and its own hash.
    """
    return "\n".join(_text(report, language, checker)) + "\n"


def _text(report: Report, language: Language, checker: str) -> Iterator[str]:
    zh = language == "zh"
    copy = _pick(_COPIES[report.copy], language)
    yield f"{'抽取' if zh else 'Draw'} {report.draw_id or '?'} · {copy} · {report.hash or '?'}"
    if checker:
        yield f"{'核验程序' if zh else 'Checker'} {checker}"
    yield ""
    width = max(len(verdict.check) for verdict in report.verdicts)
    for verdict in report.verdicts:
        yield from _rows(verdict, language, width)
    yield ""
    yield from _witnesses(report, language)
    yield ""
    yield "✓ 成立  ✗ 不成立  – 此处无法核验" if zh else "✓ holds  ✗ fails  – cannot be checked here"
    yield statement(report, language)
    yield ""
    yield "证明包不能证明：" if zh else "What a pack does not prove:"
    yield from (f"  · {_pick(limit, language)}" for limit in words.LIMITS)


def _rows(verdict: Verdict, language: Language, width: int) -> Iterator[str]:
    yield f"{_SIGNS[verdict.outcome]} {verdict.check:<{width}}  {_pick(words.CHECKS[verdict.check], language)}"
    shown = [found for found in (*verdict.faults, *verdict.gaps, *verdict.remarks) if found.code != "witness"]
    yield from (f"  {'':<{width}}  · {say(found, language)}" for found in shown[:_LINES])
    more = max(len(shown), verdict.count) - _LINES
    if more > 0:
        yield f"  {'':<{width}}  · " + (f"另有 {more} 处" if language == "zh" else f"and {more} more")


def _witnesses(report: Report, language: Language) -> Iterator[str]:
    zh = language == "zh"
    yield "见证" if zh else "Witnesses"
    yield from (f"  {_witness(witness, zh)}" for witness in report.witnesses)
    for stage in report.unwitnessed:
        yield f"  {_stage(stage, zh)}: " + ("无见证" if zh else "unwitnessed")


def _stage(stage: str, zh: bool) -> str:
    return {"targets": "第一阶段" if zh else "first stage"}.get(stage, "第二阶段" if zh else "second stage")


def _witness(witness: Witness, zh: bool) -> str:
    who = f"{_stage(witness.stage, zh)}: {witness.name}"
    if not witness.tested:
        return f"{who} ({witness.kind}) " + ("未能在此核验" if zh else "could not be tested here")
    how = ("签名有效" if zh else "signature holds") if witness.key else ("证明有效" if zh else "proof holds")
    if not witness.key:
        return f"{who} {witness.at} ({witness.kind}) {how}"
    known = (
        ("公钥已由您确认" if zh else "key vouched for by you")
        if witness.known
        else ("公钥是否属于其人须另行确认" if zh else "that the key is theirs you must know from elsewhere")
    )
    return f"{who} {witness.at} ({witness.kind}) {how}; {known}; {witness.key}"


def as_json(report: Report, checker: str = "") -> dict[str, object]:
    """Return the report as plain data: ids, outcomes, findings with their parameters, witnesses, limits."""
    return {
        "checker": checker,
        "complete": report.complete,
        "copy": report.copy,
        "draw_id": report.draw_id,
        "failed": report.failed,
        "hash": report.hash,
        "idle_strata": [list(pair) for pair in report.idle_strata],
        "limits": [en for _, en in words.LIMITS],
        "reached": report.reached,
        "statement": statement(report, "en"),
        "uncovered": report.uncovered,
        "unwitnessed": list(report.unwitnessed),
        "verdicts": [_verdict(verdict) for verdict in report.verdicts],
        "witnesses": [
            {name: getattr(witness, name) for name in witness.__slots__} for witness in report.witnesses
        ],
    }


def _verdict(verdict: Verdict) -> dict[str, object]:
    return {
        "check": verdict.check,
        "count": verdict.count,
        "outcome": verdict.outcome.value,
        **{
            kind: [{"code": found.code, **dict(found.params)} for found in found_all]
            for kind, found_all in (
                ("faults", verdict.faults),
                ("gaps", verdict.gaps),
                ("remarks", verdict.remarks),
            )
        },
    }
