import os

SECRET_REFRESH_KEY = str(os.getenv("SECRET_REFRESH_KEY", None))
