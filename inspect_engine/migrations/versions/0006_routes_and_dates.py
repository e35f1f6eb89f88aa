"""Opening hours, grades, consents, and what changes after the lottery.

Revision: 0006
Revises: 0005
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this revision."""
    op.create_table(
        "drawconsent",
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("agency_code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("approver", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("ground", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_code"],
            ["agency.code"],
        ),
        sa.ForeignKeyConstraint(
            ["draw_id"],
            ["draw.id"],
        ),
        sa.PrimaryKeyConstraint("draw_id", "agency_code"),
    )
    op.create_table(
        "drawevent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("row", sa.JSON(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draw_id"],
            ["draw.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("drawevent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_drawevent_draw_id"), ["draw_id"], unique=False)

    op.create_table(
        "drawremedy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("effect", sa.JSON(), nullable=False),
        sa.Column("ground", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("approver", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draw_id"],
            ["draw.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("drawremedy", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_drawremedy_draw_id"), ["draw_id"], unique=False)

    op.create_table(
        "companion",
        sa.Column("route_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("skill", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("ground", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("approver", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["route_id"],
            ["route.id"],
        ),
        sa.PrimaryKeyConstraint("route_id", "person_id"),
    )
    op.create_table(
        "substitution",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("ground", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("approver", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("requested_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("decided_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("successor", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draw_id"],
            ["draw.id"],
        ),
        sa.ForeignKeyConstraint(
            ["slot_id"],
            ["slot.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("substitution", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_substitution_draw_id"), ["draw_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_substitution_slot_id"), ["slot_id"], unique=False)

    op.create_table(
        "visitmove",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=False),
        sa.Column("ground", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("approver", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["visit_id"],
            ["visit.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("visitmove", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visitmove_visit_id"), ["visit_id"], unique=False)

    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("assignment_one_at_a_time"), sqlite_where=sa.text("ended_at IS NULL"))
        batch_op.create_index(
            "assignment_one_at_a_time",
            ["slot_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    # Tables that others point to are not made anew: SQLite would count that as deleting their rows.
    op.execute(
        "ALTER TABLE person ADD COLUMN grade VARCHAR(24) CONSTRAINT grade CHECK (grade IN ('senior', 'junior'))"
    )
    op.add_column("route", sa.Column("travel", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("route", sa.Column("direct", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("routevisit", sa.Column("begins", sa.Time(), nullable=True))
    op.add_column("target", sa.Column("opens", sa.Time(), nullable=True))
    op.add_column("target", sa.Column("closes", sa.Time(), nullable=True))
    op.add_column("target", sa.Column("closed_on", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    """Go back from this revision."""
    op.drop_column("routevisit", "begins")
    op.drop_column("route", "direct")
    op.drop_column("route", "travel")
    op.drop_column("target", "closed_on")
    op.drop_column("target", "closes")
    op.drop_column("target", "opens")
    op.drop_column("person", "grade")

    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.drop_index(
            "assignment_one_at_a_time",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.create_index(
            batch_op.f("assignment_one_at_a_time"),
            ["slot_id"],
            unique=1,
            sqlite_where=sa.text("ended_at IS NULL"),
        )

    with op.batch_alter_table("visitmove", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_visitmove_visit_id"))

    op.drop_table("visitmove")
    with op.batch_alter_table("substitution", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_substitution_slot_id"))
        batch_op.drop_index(batch_op.f("ix_substitution_draw_id"))

    op.drop_table("substitution")
    op.drop_table("companion")
    with op.batch_alter_table("drawremedy", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_drawremedy_draw_id"))

    op.drop_table("drawremedy")
    with op.batch_alter_table("drawevent", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_drawevent_draw_id"))

    op.drop_table("drawevent")
    op.drop_table("drawconsent")
