"""Your routes, by version. ``app.service.ROUTERS`` names the routers that are served."""
