from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    SECRET_KEY: str
    DATABASE_URL: str


try:
    settings = Settings()
except Exception:
    settings = Settings(SECRET_KEY="test-secret-key", DATABASE_URL="sqlite:///./test.db")
