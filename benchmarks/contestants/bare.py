"""The frameworks alone: nothing is checked, limited or logged."""

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from benchmarks.contestants.payload import Person


def fastapi() -> FastAPI:
    """Return FastAPI with one route and its response model."""
    app = FastAPI()

    @app.get("/v1/open")
    async def read() -> Person:
        return Person()

    return app


def starlette() -> Starlette:
    """Return Starlette with one route."""

    async def read(_: Request) -> JSONResponse:
        return JSONResponse(Person().model_dump())

    return Starlette(routes=[Route("/v1/open", read)])
