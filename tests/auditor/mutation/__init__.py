"""What the tests notice when the auditor is broken in many small ways."""
