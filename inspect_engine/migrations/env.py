"""Alembic's entry: runs inside the engine that ``migrations.run`` hands over."""

from alembic import context

from inspect_engine.schema import metadata

engine = context.config.attributes["engine"]
with engine.connect().execution_options(**{"inspect_engine.writing": True}) as connection:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()
