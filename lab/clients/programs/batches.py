"""What the three Python clients have in common: lines with batches in base64 in, lines of JSON out."""

import base64
import datetime
import json
import sys


def as_text(value):
    if value is None:
        return None
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).hex().upper()
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    return str(value)


def serve(run):
    """`run` takes a batch and gives (sets, messages), or raises."""
    for line in sys.stdin:
        batch = base64.b64decode(line).decode("utf-8")
        messages = []
        try:
            sets = [
                {"columns": columns, "rows": [[as_text(value) for value in row] for row in rows]}
                for columns, rows in run(batch, messages)
            ]
            answer = {"sets": sets, "messages": messages}
        except Exception as error:  # Whatever the client raises is what it saw.
            answer = {"sets": [], "messages": messages, "error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


def result_sets(cursor):
    """All result sets of a DB-API cursor."""
    while True:
        if cursor.description:
            yield [column[0] for column in cursor.description], cursor.fetchall()
        if not cursor.nextset():
            return
