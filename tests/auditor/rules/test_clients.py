"""Clients of data stores, mail servers, task queues and other machines, from call to finding."""

from collections.abc import Callable
from pathlib import Path

import pytest

from secaudit.options import Options
from secaudit.pipeline import audit

Codes = Callable[[str], list[str]]


@pytest.fixture
def codes(tmp_path: Path) -> Codes:
    """Return a function that audits one module and says what is reported, ``line:code``."""

    def run(source: str) -> list[str]:
        path = tmp_path / "client.py"
        path.write_text(f"import os, ssl\nP = os.environ['P']\n{source}\n", encoding="utf-8")
        report = audit([str(path)], Options(profile="production"))
        assert not report.problems
        return [f"{one.location.line - 2}:{one.code}" for one in report.findings]

    return run


REPORTED = {
    "asyncpg's DSN": (
        (
            "import asyncpg\nasync def f():\n"
            "    await asyncpg.create_pool(dsn='postgresql://app:postgres@db.acme.io/app')"
        ),
        ["3:CRED001", "3:TLS004"],
    ),
    "asyncpg by host": (
        "import asyncpg\nasync def f():\n    await asyncpg.connect(host='db.acme.io', password=P)",
        ["3:TLS004"],
    ),
    "words of libpq": (
        "import psycopg\npsycopg.connect('host=db.acme.io user=a password=a sslmode=disable')",
        ["2:CRED001", "2:TLS004"],
    ),
    "MySQL Connector": (
        (
            "import mysql.connector\n"
            "mysql.connector.connect(host='db.acme.io', password=P, ssl_disabled=True)"
        ),
        ["2:TLS004"],
    ),
    "PyMySQL as it comes": (
        "import pymysql\npymysql.connect(host='db.acme.io', user='root', password='root')",
        ["2:TLS004", "2:CRED001"],
    ),
    "MongoDB in the clear": (
        "import pymongo\npymongo.AsyncMongoClient('mongodb://db.acme.io', tls=False)",
        ["2:TLS004"],
    ),
    "MongoDB unverified": (
        (
            "import pymongo\n"
            "pymongo.MongoClient('mongodb://db.acme.io', tls=True,"
            " tlsAllowInvalidCertificates=True)"
        ),
        ["2:TLS001"],
    ),
    "Redis as it comes": ("import redis\nredis.Redis(host='r.acme.io:6379')", ["2:TLS004"]),
    "RabbitMQ": (
        (
            "import pika\npika.ConnectionParameters('mq.acme.io',"
            " credentials=pika.PlainCredentials('guest', 'guest'))"
        ),
        ["2:TLS004", "2:CRED001"],
    ),
    "Kafka": (
        (
            "import kafka\n"
            "kafka.KafkaProducer(bootstrap_servers=['k.acme.io:9092', 'k:1'],"
            " security_protocol='SASL_PLAINTEXT')"
        ),
        ["2:TLS004"],
    ),
    "Kafka by a table": (
        (
            "import confluent_kafka\n"
            "confluent_kafka.Producer({'bootstrap.servers': 'k.acme.io:9092',"
            " 'enable.ssl.certificate.verification': False})"
        ),
        ["2:TLS004", "2:TLS001"],
    ),
    "MinIO": (
        "import minio\nminio.Minio('m.acme.io:9000', 'minioadmin', 'minioadmin', secure=False)",
        ["2:CRED001", "2:TLS004"],
    ),
    "Elasticsearch": (
        (
            "from elasticsearch import Elasticsearch\n"
            "Elasticsearch('http://es.acme.io:9200', basic_auth=('elastic', 'changeme'),"
            " verify_certs=False)"
        ),
        ["2:TLS004", "2:CRED001", "2:TLS001"],
    ),
    "OpenSearch by tables": (
        (
            "from opensearchpy import OpenSearch\n"
            "OpenSearch(hosts=[{'host': 'os.acme.io', 'port': 9200}], http_auth='admin:admin')"
        ),
        ["2:TLS004", "2:CRED001"],
    ),
    "Neo4j": (
        (
            "from neo4j import GraphDatabase\n"
            "GraphDatabase.driver('bolt://neo.acme.io', auth=('neo4j', 'neo4j'))"
        ),
        ["2:TLS004", "2:CRED001"],
    ),
    "Neo4j unverified": (
        "import neo4j\nneo4j.GraphDatabase.driver('neo4j+ssc://neo.acme.io', auth=('a', P))",
        ["2:TLS001"],
    ),
    "gRPC": ("import grpc\ngrpc.insecure_channel('pay.acme.io:443')", ["2:TLS005"]),
    "python-ldap": (
        (
            "import ldap\nldap.set_option(ldap.OPT_X_TLS_REQUIRE_CERT, ldap.OPT_X_TLS_NEVER)\n"
            "ldap.initialize('ldap://ldap.acme.io')"
        ),
        ["2:TLS001", "3:TLS005"],
    ),
    "ldap3": (
        "import ldap3\nldap3.Server('ldap.acme.io', tls=ldap3.Tls(validate=ssl.CERT_NONE))",
        ["2:TLS001", "2:TLS005"],
    ),
    "Paramiko": (
        (
            "import paramiko\nclient = paramiko.SSHClient()\n"
            "client.set_missing_host_key_policy(paramiko.AutoAddPolicy())\n"
            "client.connect('h.acme.io', username='a', password='q3ZkT8wLr5Xn0cVb')"
        ),
        ["3:TLS001", "4:SEC018"],
    ),
    "Paramiko, named": (
        (
            "import paramiko\nclient = paramiko.SSHClient()\n"
            "client.set_missing_host_key_policy(policy=paramiko.WarningPolicy)"
        ),
        ["3:TLS001"],
    ),
    "AsyncSSH": (
        (
            "import asyncssh\nasync def f():\n"
            "    await asyncssh.connect('h.acme.io', known_hosts=None)"
        ),
        ["3:TLS001"],
    ),
    "Vault": (
        "import hvac\nhvac.Client('http://vault.acme.io:8200', token=P, verify=False)",
        ["2:TLS005", "2:TLS001"],
    ),
    "a session of AWS": (
        "import boto3\nboto3.Session().client('s3', verify=False)",
        ["2:TLS001"],
    ),
    "Sentry": ("import sentry_sdk\nsentry_sdk.init('http://k@sentry.acme.io/1')", ["2:TLS005"]),
    "httpx's transport": ("import httpx\nhttpx.AsyncHTTPTransport(verify=False)", ["2:TLS001"]),
    "aiohttp's base": (
        (
            "import aiohttp\nasync def f():\n"
            "    async with aiohttp.ClientSession('http://pay.acme.io') as session:\n"
            "        await session.get('http://other.acme.io')"
        ),
        ["3:TLS005", "4:TLS005"],
    ),
    "the standard library": (
        (
            "import http.client, urllib.request\n"
            "def f():\n    urllib.request.urlopen('http://pay.acme.io/x')\n"
            "    http.client.HTTPConnection('pay.acme.io')"
        ),
        ["3:TLS005", "4:TLS005"],
    ),
    "websockets": (
        (
            "import websockets\nasync def f():\n"
            "    async with websockets.connect('ws://feed.acme.io') as feed:\n        return feed"
        ),
        ["3:TLS005"],
    ),
    "smtplib": (
        (
            "import smtplib\ndef f():\n    with smtplib.SMTP('smtp.acme.io', 587) as server:\n"
            "        server.login('api', P)"
        ),
        ["3:TLS006"],
    ),
    "smtplib before TLS": (
        (
            "import smtplib\ndef f():\n    server = smtplib.SMTP('smtp.acme.io', 587)\n"
            "    server.login('api', P)\n    server.starttls()"
        ),
        ["3:TLS006"],
    ),
    "aiosmtplib": (
        (
            "import aiosmtplib\nasync def f(m):\n"
            "    await aiosmtplib.send(m, hostname='smtp.acme.io', start_tls=False)"
        ),
        ["3:TLS006"],
    ),
    "fastapi-mail": (
        (
            "from fastapi_mail import ConnectionConfig\n"
            "ConnectionConfig(MAIL_PASSWORD=P, MAIL_STARTTLS=False, MAIL_SSL_TLS=False,"
            " VALIDATE_CERTS=False)"
        ),
        ["2:TLS006", "2:TLS001"],
    ),
    "a context, once": (
        (
            "context = ssl.create_default_context()\ncontext.check_hostname = False\n"
            "context.verify_mode = ssl.CERT_NONE"
        ),
        ["3:TLS001"],
    ),
    "a context's host names": (
        "context = ssl.create_default_context()\ncontext.check_hostname = False",
        ["2:TLS001"],
    ),
    "Celery's conf": (
        (
            "from celery import Celery\napp = Celery('x', broker='amqp://guest:guest@mq.acme.io//',"
            " broker_use_ssl={'ssl_cert_reqs': ssl.CERT_NONE})\n"
            "app.conf.accept_content = ['pickle']"
        ),
        ["2:CRED001", "2:TLS004", "2:TLS001", "3:NET005"],
    ),
    "Celery's items": (
        "from celery import Celery\napp = Celery('x')\napp.conf['task_serializer'] = 'pickle'",
        ["3:NET005"],
    ),
}


@pytest.mark.parametrize(("source", "expected"), REPORTED.values(), ids=REPORTED)
def test_what_is_reported(codes: Codes, source: str, expected: list[str]) -> None:
    assert sorted(codes(source)) == sorted(expected)


def test_a_dsn_with_a_secret_is_judged_at_its_password(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DB__PASSWORD=postgres\n", encoding="utf-8")
    (tmp_path / "config.py").write_text(
        "from pydantic import BaseModel, SecretStr\n"
        "from pydantic_settings import BaseSettings, SettingsConfigDict\n"
        "from sqlalchemy import create_engine\n"
        "class Db(BaseModel):\n    password: SecretStr\n"
        "class Config(BaseSettings):\n"
        "    model_config = SettingsConfigDict(env_file='.env', env_nested_delimiter='__')\n"
        "    db: Db\n"
        "config = Config()\n"
        "create_engine(f'postgresql://ledger:{config.db.password.get_secret_value()}@db/x')\n",
        encoding="utf-8",
    )
    report = audit([str(tmp_path)], Options(select=("CRED",)))
    found = [(Path(one.location.path).name, one.location.line) for one in report.findings]
    assert found == [(".env", 1)]


SILENT = {
    "asyncpg verified": (
        "import asyncpg\nasync def f():\n"
        "    await asyncpg.connect(host='db.acme.io', password=P, ssl='verify-full')"
    ),
    "a database beside": "import psycopg2\npsycopg2.connect(host='db', user='a', password=P)",
    "a private address as it comes": "import redis\nredis.Redis(host='10.0.4.7')",
    "a DSN of the environment": "import psycopg\npsycopg.connect(os.environ['DATABASE_URL'])",
    "PyMySQL with an authority": (
        "import pymysql\npymysql.connect(host='db.acme.io', password=P, ssl_ca='/ca.pem')"
    ),
    "MongoDB encrypted by an argument": (
        "import pymongo\npymongo.MongoClient('mongodb://db.acme.io', tls=True, password=P)"
    ),
    "Redis encrypted": "import redis\nredis.Redis(host='r.acme.io', ssl=True)",
    "RabbitMQ encrypted": (
        "import aio_pika\nasync def f():\n"
        "    await aio_pika.connect_robust(host='mq.acme.io', password=P, ssl=True)"
    ),
    "Kafka beside": "import kafka\nkafka.KafkaConsumer('t', bootstrap_servers='kafka:9092')",
    "Kafka encrypted": (
        "import kafka\nkafka.KafkaConsumer(bootstrap_servers='k.acme.io:9092',"
        " security_protocol='SASL_SSL')"
    ),
    "MinIO beside": "import minio\nminio.Minio('minio:9000', P, P, secure=False)",
    "Elasticsearch verified": (
        "from elasticsearch import Elasticsearch\n"
        "Elasticsearch('https://es.acme.io', basic_auth=('elastic', P))\n"
        "Elasticsearch('http://elasticsearch:9200')"
    ),
    "OpenSearch encrypted": (
        "from opensearchpy import OpenSearch\n"
        "OpenSearch(hosts=[{'host': 'os.acme.io', 'port': 9200}], use_ssl=True)"
    ),
    "Neo4j encrypted": (
        "from neo4j import GraphDatabase\n"
        "GraphDatabase.driver('neo4j+s://neo.acme.io', auth=('neo4j', P))"
    ),
    "gRPC beside": (
        "import grpc\ngrpc.insecure_channel('inventory:50051')\n"
        "grpc.aio.insecure_channel('localhost:50051')"
    ),
    "a directory that is asked for TLS": (
        "import ldap\nclient = ldap.initialize('ldap://ldap.acme.io')\nclient.start_tls_s()"
    ),
    "a directory by TLS": (
        "import ldap3\nldap3.Server('ldap.acme.io', use_ssl=True)\n"
        "ldap3.Server('ldaps://ldap.acme.io')"
    ),
    "Paramiko with known hosts": (
        "import paramiko\nclient = paramiko.SSHClient()\nclient.load_system_host_keys()\n"
        "client.set_missing_host_key_policy(paramiko.RejectPolicy())\n"
        "client.connect('h.acme.io', password=P)"
    ),
    "personal data for Sentry": (
        "import sentry_sdk\nsentry_sdk.init('https://k@sentry.acme.io/1', send_default_pii=True)"
    ),
    "mail that is asked for TLS": (
        "import smtplib\ndef f():\n    with smtplib.SMTP('smtp.acme.io', 587) as server:\n"
        "        server.starttls()\n        server.login('api', P)"
    ),
    "mail beside": ("import smtplib\ndef f():\n    smtplib.SMTP('mailhog', 1025).login('api', P)"),
    "STARTTLS by itself": (
        "import aiosmtplib\nasync def f(m):\n"
        "    await aiosmtplib.send(m, hostname='smtp.acme.io', password=P)"
    ),
    "the name of a level": "import logging\nKEY = P\nlogging.getLevelName(KEY)",
    "JSON in the queue": (
        "from celery import Celery\napp = Celery('x', broker=P, task_serializer='json')\n"
        "app.conf.update({'accept_content': ['json']}, result_serializer='json')"
    ),
    "pickles that nobody accepts": (
        "from celery import Celery\napp = Celery('x', task_serializer='pickle')\n"
        "app.conf.accept_content = ['json']"
    ),
}


@pytest.mark.parametrize("source", SILENT.values(), ids=SILENT)
def test_what_is_silent(codes: Codes, source: str) -> None:
    assert codes(source) == []
