"""python-tds: TDS in Python, TLS by pyOpenSSL. It compares the certificate with names only, never with addresses."""

import os
import socket

import pytds
from batches import result_sets, serve

env = os.environ
connection = pytds.connect(
    dsn="localhost",
    sock=socket.create_connection((env["LAB_HOST"], int(env["LAB_PORT"]))),
    user=env["LAB_USER"],
    password=env["LAB_PASSWORD"],
    database="master",
    cafile=env["LAB_CA"],
    validate_host=True,
    autocommit=True,
)


def run(batch, messages):
    with connection.cursor() as cursor:
        cursor.execute(batch)
        yield from result_sets(cursor)
        messages.extend(message.text for _, message in cursor.messages)


serve(run)
