import os

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env", env_prefix="SHOP_", extra="ignore")

    host: str = "127.0.0.1"
    users_secret: str = os.getenv("USERS_SECRET", "")


settings = Settings()
