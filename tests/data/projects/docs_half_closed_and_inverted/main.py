import os

from fastapi import FastAPI

DEBUG = os.getenv("DEBUG", "false").lower() == "true"
app = FastAPI(docs_url="/docs" if DEBUG else None, redoc_url=None)
