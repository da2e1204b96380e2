from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

app = FastAPI(openapi_url=None)
# the dashboard sends cookies
app.add_middleware(
    CORSMiddleware,
    allow_origins=["https://app.acme.io"],
    allow_credentials=True,
    allow_methods=["*"],
    allow_headers=["*"],
)
# app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True)
