"""Rules about cookies and CSRF."""
