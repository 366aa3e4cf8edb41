"""How Alembic runs the migrations: on the connection that `open_database` gives."""

from alembic import context

from yuanli.storage.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"], target_metadata=METADATA, render_as_batch=True
)
context.run_migrations()
