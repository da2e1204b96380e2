"""Rules about generated projects and their template, run by `secaudit template`."""
