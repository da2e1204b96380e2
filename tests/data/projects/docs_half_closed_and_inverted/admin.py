import os

from fastapi import FastAPI

ENABLE_DOCS = os.getenv("ENABLE_DOCS", "false").lower() == "true"
configuration = {}
if ENABLE_DOCS:
    configuration["openapi_url"] = None
app = FastAPI(**configuration)
