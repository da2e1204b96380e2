"""Your routes, by version. ``app.service.ROUTERS`` names the tables that are served."""
