from pydantic import model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="PLUS_", env_file=".env", extra="ignore")

    environment: str = "production"
    jwt_secret: str = "dev-jwt-secret-please-change-it-34"
    webhook_secret: str = "dev-webhook-secret-change-it"

    @model_validator(mode="after")
    def refuse_weak(self) -> "Settings":
        if self.environment == "production":
            if len(self.jwt_secret) < 32:
                raise ValueError("PLUS_JWT_SECRET must have 32 characters")
            if len(self.webhook_secret) < 24:
                raise ValueError("PLUS_WEBHOOK_SECRET must have 24 characters")
        return self


settings = Settings()
