"""Microsoft's own ODBC driver, as mssql-python brings it along; SSL_CERT_FILE names the authority to trust."""

import os

import mssql_python
from batches import serve

env = os.environ
connection = mssql_python.connect(
    f"Server={env['LAB_HOST']},{env['LAB_PORT']};Database=master;UID={env['LAB_USER']};PWD={{{env['LAB_PASSWORD']}}};"
    "Encrypt=yes;TrustServerCertificate=no;HostnameInCertificate=localhost",
    autocommit=True,
)


def run(batch, messages):
    cursor = connection.cursor()
    try:
        cursor.execute(batch)
        more = True
        while more:
            collect(cursor, messages)
            if cursor.description:
                yield [column[0] for column in cursor.description], cursor.fetchall()
            more = cursor.nextset()
        collect(cursor, messages)
    finally:
        cursor.close()


def collect(cursor, messages):
    # "[Microsoft][ODBC Driver 18 for SQL Server][SQL Server]text"
    for _, text in cursor.messages:
        messages.append(text.rsplit("[SQL Server]", 1)[-1])
    del cursor.messages[:]


serve(run)
