import os

ACCESS_TOKEN_EXPIRE_MINUTES = 30
PASSWORD_RESET_PATH = "/password/reset"
API_KEY_RATE_LIMIT = "100/minute"
SMS_GATEWAY_AUTH_HEADER = "Authorization"
JWT_ALGORITHM = "HS256"
TOKEN_URL = "/auth/token"
JWT_PRIVATE_KEY_PATH = "/run/secrets/jwt.pem"
COOKIE_KEY = "session"
SENTRY_DSN = "https://3a1f9c0b7d5e4f6a8b2c1d0e9f8a7b6c@o12345.ingest.sentry.io/67890"
GOOGLE_CLIENT_ID = "1234567890-abcdef.apps.googleusercontent.com"
STRIPE_PUBLISHABLE_KEY = "pk_live_51HxYzAbCdEfGhIjKlMnOpQr"
TURNSTILE_SECRET_KEY = os.environ["TURNSTILE_SECRET_KEY"]
SECRET_KEY_FILE = "/run/secrets/app"
PASSWORD_MIN_LENGTH = 12
MAX_LOGIN_ATTEMPTS = 5
