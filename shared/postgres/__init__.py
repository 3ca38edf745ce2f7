"""How we talk to PostgreSQL: pools, transactions, named queries, migrations, the embedded server. No tables' meaning."""
