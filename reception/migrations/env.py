"""Alembic's environment: migrates over the connection that the store hands in."""

from alembic import context

from reception.schema import metadata, other_type

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata(), render_as_batch=True, compare_type=other_type)
with context.begin_transaction():
    context.run_migrations()
