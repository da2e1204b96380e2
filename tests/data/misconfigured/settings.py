"""Settings of the ticket service."""

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env", extra="ignore")

    environment: str = "local"
    debug: bool = False
    secret_key: str = "please-generate-me"
    database_url: str
    cors_origins: list[str] = []
    allowed_hosts: list[str] = []
    access_token_expire_minutes: int = 30
    jwt_algorithm: str = "HS256"
    cookie_secure: bool = True


settings = Settings()
