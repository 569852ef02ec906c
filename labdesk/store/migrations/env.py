"""Run migrations on the connection we were given, inside the transaction it has begun."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transaction_per_migration=False)
context.run_migrations()
