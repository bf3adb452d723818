"""pymssql, over the FreeTDS that it brings along; FREETDSCONF names the authority to trust."""

import os

import pymssql
from batches import result_sets, serve

env = os.environ
connection = pymssql.connect(
    server=env["LAB_HOST"],
    port=env["LAB_PORT"],
    user=env["LAB_USER"],
    password=env["LAB_PASSWORD"],
    database="master",
    encryption="require",
    autocommit=True,
)


def run(batch, messages):
    def receive(state, severity, server, procedure, line, text):
        messages.append(text.decode("utf-8") if isinstance(text, bytes) else text)

    connection._conn.set_msghandler(receive)
    cursor = connection.cursor()
    try:
        cursor.execute(batch)
        yield from result_sets(cursor)
    finally:
        cursor.close()


serve(run)
