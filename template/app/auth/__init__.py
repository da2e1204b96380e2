"""Accounts, sign-in, sessions and passwords: services that know no framework, and their routes."""
