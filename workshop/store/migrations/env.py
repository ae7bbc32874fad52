"""Alembic's entry. The connection is handed in by `store.migrate`; there is no alembic.ini."""

from alembic import context

from workshop.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite cannot alter most of a table in place
    transactional_ddl=True,  # an upgrade that is killed leaves the old schema whole
)
with context.begin_transaction():
    context.run_migrations()
