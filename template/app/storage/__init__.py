"""The database: engine, units of work, the tables of accounts, and their migrations."""
