"""Compose files as Compose reads them: merged, extended, interpolated; one Service each."""
