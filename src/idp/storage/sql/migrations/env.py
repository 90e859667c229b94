"""Alembic's environment. The caller hands in the connection, inside a transaction that it commits itself."""

from alembic import context

from idp.storage.sql.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
