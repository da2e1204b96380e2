"""Clients of brokers: RabbitMQ by pika, aio-pika and Kombu, and Kafka.

Sources: the clients' own signatures (pika 1.4, aio-pika 10, Kombu 5.7, kafka-python 3.0, aiokafka
0.14), and confluent-kafka's configuration properties (librdkafka 2).
"""

from typing import Final

from secaudit.evaluation.runtime import Call
from secaudit.evaluation.values import DictData, ListData, Value
from secaudit.frameworks.data_stores import HOST, PASSWORD, URL, Handler, driver
from secaudit.frameworks.sinks import Argument, recorder


def _kafka(label: str) -> Handler:
    """Return the handler of a producer or consumer; of several brokers the first is named."""
    handle = driver(label, "kafka", _OF_KAFKA, ("security_protocol",), "PLAINTEXT")

    def make(call: Call) -> Value:
        brokers = call.keywords.get("bootstrap_servers")
        if brokers is not None and isinstance(brokers.data, ListData) and brokers.data.items:
            first = {"bootstrap_servers": brokers.data.items[0]}
            call = call._replace(keywords={**call.keywords, **first})
        return handle(call)

    return make


def _confluent(label: str) -> Handler:
    """Return the handler of ``Producer({"bootstrap.servers": ...})``: its keys are keywords."""
    handle = _kafka(label)

    def make(call: Call) -> Value:
        given = call.argument(0, "config")
        entries = given.data.items if given is not None and isinstance(given.data, DictData) else {}
        known = {_CONFLUENT[key]: value for key, value in entries.items() if key in _CONFLUENT}
        return handle(call._replace(arguments=[], keywords=known))

    return make


_CONFLUENT: Final = {
    "bootstrap.servers": "bootstrap_servers",
    "security.protocol": "security_protocol",
    "sasl.username": "sasl_plain_username",
    "sasl.password": "sasl_plain_password",
    "enable.ssl.certificate.verification": "ssl_verify",
}
_OF_KAFKA: Final = (
    Argument("bootstrap_servers", "database.host"),
    Argument("sasl_plain_username", "database.user"),
    Argument("sasl_plain_password", "database.password"),
    Argument("ssl_verify", "tls.verify"),
    Argument("ssl_check_hostname", "tls.verify"),
)
_OF_AMQP: Final = (URL, HOST, Argument("login", "database.user"), PASSWORD)
_AMQP: Final = ("aio_pika.connect", "aio_pika.connect_robust")
_PARAMETERS: Final = (Argument("host", "database.host", position=0),)
_CREDENTIALS: Final = (
    Argument("username", "database.user", position=0),
    Argument("password", "database.password", position=1),
)
_OF_KOMBU: Final = (
    Argument("hostname", "database.url", position=0),
    Argument("userid", "database.user", position=1),
    Argument("password", "database.password", position=2),
)
CALLS: Final[dict[str, Handler]] = {
    **{
        name: driver("aio_pika.connect", "rabbitmq", _OF_AMQP, ("ssl",), plain_by_default=False)
        for name in _AMQP
    },
    "pika.URLParameters": recorder("pika.URLParameters", (URL,), "rabbitmq"),
    "pika.ConnectionParameters": driver(
        "pika.ConnectionParameters", "rabbitmq", _PARAMETERS, ("ssl_options",), "none"
    ),
    **dict.fromkeys(
        ("pika.PlainCredentials", "pika.credentials.PlainCredentials"),
        recorder("pika.PlainCredentials", _CREDENTIALS, "rabbitmq"),
    ),
    "kombu.Connection": recorder("kombu.Connection", _OF_KOMBU),
    **{f"kafka.{name}": _kafka(name) for name in ("KafkaProducer", "KafkaConsumer")},
    **{f"aiokafka.{name}": _kafka(name) for name in ("AIOKafkaProducer", "AIOKafkaConsumer")},
    **{f"confluent_kafka.{name}": _confluent(name) for name in ("Producer", "Consumer")},
}
