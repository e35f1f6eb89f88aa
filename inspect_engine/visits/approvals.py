"""Inspections that could not wait for their approval (紧急检查): reported before they begin, approved afterwards."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel


class UrgentVisit(SQLModel, table=True):
    """The report of an urgent inspection (紧急检查), and the day by which its approval is made up (补办审批).

    The approval itself hangs on the visit; ``late`` says whether it came after ``due``, None as long as there is none.
    ``officers`` and ``helpers`` say how many go there (执法人员、辅助人员数), fixed before they go.
    """

    visit_id: int = Field(primary_key=True, foreign_key="visit.id")
    ground: str
    officers: int
    helpers: int
    reported_by: int = Field(foreign_key="actor.id")
    reported_at: datetime
    due: date = Field(index=True)
    late: bool | None = None
