"""What is wrong with a plan sheet (计划表错误): all faults at their places, in one refusal."""

from __future__ import annotations

from dataclasses import dataclass

from inspect_engine.errors import EngineError, Language, words
from inspect_engine.planning.plans.form import PlanForm
from inspect_engine.registers.importing.faults import Bad, Fault, Place, fault_from
from inspect_engine.registers.importing.report import ImportReport


@dataclass(frozen=True, slots=True, order=True)
class SheetFault(Fault):
    """A fault of a plan sheet; codes ``plans.…`` have their words there, those of cells with the imports."""

    def message(self, language: Language) -> str:
        """What is wrong, in words."""
        return self._word(language)

    def remedy(self, language: Language) -> str:
        """What would mend it, and what would be understood, in words."""
        return self._word(f"remedy_{language}")

    def _word(self, key: str) -> str:
        subject, _, name = self.code.rpartition(".")
        return words(subject or "registers")[name][key].format_map(dict(self.params))


def sheet_fault(bad: Bad, place: Place, heading: str) -> SheetFault:
    """Give a refusal its place."""
    fault = fault_from(bad, place, heading)
    return SheetFault(fault.place, fault.column, fault.code, fault.params)


class SheetError(EngineError):
    """A sheet that is not taken: ``plans.sheet-faults``, with the first fault in its words and all in ``report``."""

    @property
    def report(self) -> ImportReport:
        """Every fault of the sheet, by place."""
        report = self.params["report"]
        assert isinstance(report, ImportReport)
        return report

    def message(self, language: Language) -> str:
        """How many faults, and the first of them."""
        return self._word(language, language)

    def remedy(self, language: Language) -> str:
        """What would mend the first."""
        return self._word(f"remedy_{language}", language)

    def _word(self, key: str, language: Language) -> str:
        first = self.report.faults[0]
        told = {"first": first.message(language), "mend": first.remedy(language)}
        return words("plans")["sheet-faults"][key].format_map(self.params | told)


def refusal(report: ImportReport) -> SheetError:
    """Make the refusal of a report with faults."""
    first = report.faults[0]
    place = f"{first.place} {first.column}".strip()
    return SheetError(
        "plans.sheet-faults", file=report.file, count=len(report.faults), place=place, report=report
    )


@dataclass(frozen=True, slots=True)
class TakenSheet:
    """A plan form as a sheet states it, and what to know of it: rows and texts that were left aside."""

    form: PlanForm
    report: ImportReport
