"""Alembic runs this for every migration, on the connection and in the transaction that ``migrating`` hands over."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
