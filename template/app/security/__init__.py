"""Framework-neutral security: the edge, its policies, tokens, passwords, access and problems.

Nothing in this package imports anything else of the service.
"""
