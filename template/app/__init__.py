"""The service: a security core owned by the template, and routes of its owner's on top."""
