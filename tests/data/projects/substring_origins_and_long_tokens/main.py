from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from config import settings

app = FastAPI(openapi_url=None)
app.add_middleware(
    CORSMiddleware, allow_origins=settings.cors_origins, allow_credentials=True
)
