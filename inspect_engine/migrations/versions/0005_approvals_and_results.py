"""Reports of urgent inspections, and what past visits found.

Revision: 0005
Revises: 0004
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this revision."""
    op.create_table(
        "urgentvisit",
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("ground", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("officers", sa.Integer(), nullable=False),
        sa.Column("helpers", sa.Integer(), nullable=False),
        sa.Column("reported_by", sa.Integer(), nullable=False),
        sa.Column("reported_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["reported_by"],
            ["actor.id"],
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"],
            ["visit.id"],
        ),
        sa.PrimaryKeyConstraint("visit_id"),
    )
    with op.batch_alter_table("urgentvisit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_urgentvisit_due"), ["due"], unique=False)

    op.add_column("pastvisit", sa.Column("result", sqlmodel.sql.sqltypes.AutoString(), nullable=True))


def downgrade() -> None:
    """Go back from this revision."""
    op.drop_column("pastvisit", "result")
    with op.batch_alter_table("urgentvisit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_urgentvisit_due"))

    op.drop_table("urgentvisit")
