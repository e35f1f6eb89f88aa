"""Events are never changed and never deleted, whoever writes to the database.

Revision: 0002
Revises: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_SQLITE = "CREATE TRIGGER event_no_{verb} BEFORE {verb} ON event BEGIN SELECT RAISE(ABORT, 'event is append-only'); END"
_POSTGRESQL = (
    "CREATE TRIGGER event_no_{verb} BEFORE {verb} ON event FOR EACH ROW EXECUTE FUNCTION event_refuse()"
)
_REFUSE = (
    "CREATE FUNCTION event_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'event is append-only'; END $$"
)


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    if not sqlite:
        op.execute(_REFUSE)
    for verb in ("UPDATE", "DELETE"):
        op.execute((_SQLITE if sqlite else _POSTGRESQL).format(verb=verb))


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for verb in ("UPDATE", "DELETE"):
        op.execute(f"DROP TRIGGER event_no_{verb}" + ("" if sqlite else " ON event"))
    if not sqlite:
        op.execute("DROP FUNCTION event_refuse()")
