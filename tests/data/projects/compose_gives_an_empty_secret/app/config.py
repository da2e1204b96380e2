from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    SECRET_KEY: str
    ADMIN_PASSWORD: str


settings = Settings()
