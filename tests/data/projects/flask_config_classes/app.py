import os

from flask import Flask

from config import DevelopmentConfig, config_map


def create_app() -> Flask:
    app = Flask(__name__)
    app.config.from_object(config_map.get(os.getenv("FLASK_ENV"), DevelopmentConfig))
    return app
