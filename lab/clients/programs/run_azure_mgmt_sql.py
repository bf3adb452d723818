"""Azure's SDK for Python: lines of JSON with an operation in, lines of JSON out."""

import json
import os
import sys

from azure.identity import ClientSecretCredential
from azure.mgmt.sql import SqlManagementClient

env = os.environ
endpoint = env["LAB_ENDPOINT"]
credential = ClientSecretCredential(
    env["LAB_TENANT"], env["LAB_CLIENT"], env["LAB_SECRET"], authority=endpoint, disable_instance_discovery=True
)
client = SqlManagementClient(
    credential,
    env["LAB_SUBSCRIPTION"],
    base_url=endpoint,
    credential_scopes=[f"{endpoint}/.default"],
    polling_interval=1,
)
place = (env["LAB_GROUP"], env["LAB_INSTANCE"])
links = client.distributed_availability_groups
trusted = client.server_trust_certificates
endpoints = client.endpoint_certificates


def create_link(wanted):
    body = {
        "properties": {
            "partnerAvailabilityGroupName": wanted["sqlServerGroup"],
            "instanceAvailabilityGroupName": wanted["instanceGroup"],
            "databases": [{"databaseName": wanted["database"]}],
            "partnerEndpoint": wanted["endpoint"],
            "instanceLinkRole": "Secondary",
            "failoverMode": "Manual",
            "seedingMode": "Automatic",
        }
    }
    return links.begin_create_or_update(*place, wanted["name"], body).result()


def create_certificate(wanted):
    body = {"properties": {"publicBlob": wanted["blob"]}}
    return trusted.begin_create_or_update(*place, wanted["name"], body).result()


def update_link(wanted):
    body = {"properties": {"replicationMode": wanted["replicationMode"]}}
    return links.begin_update(*place, wanted["name"], body).result()


operations = {
    "sign in": lambda _: {"token": credential.get_token(f"{endpoint}/.default").token != ""},
    "show instance": lambda _: client.managed_instances.get(*place),
    "create certificate": create_certificate,
    "show certificate": lambda wanted: trusted.get(*place, wanted["name"]),
    "list certificates": lambda _: list(trusted.list_by_instance(*place)),
    "delete certificate": lambda wanted: trusted.begin_delete(*place, wanted["name"]).result(),
    "show endpoint certificate": lambda wanted: endpoints.get(*place, wanted["type"]),
    "list endpoint certificates": lambda _: list(endpoints.list_by_instance(*place)),
    "create link": create_link,
    "show link": lambda wanted: links.get(*place, wanted["name"]),
    "list links": lambda _: list(links.list_by_instance(*place)),
    "update link": update_link,
    "delete link": lambda wanted: links.begin_delete(*place, wanted["name"]).result(),
}


def plain(result):
    if isinstance(result, list):
        return [plain(each) for each in result]
    return result.as_dict() if hasattr(result, "as_dict") else result


for line in sys.stdin:
    operation = json.loads(line)
    try:
        answer = {"result": plain(operations[operation["do"]](operation))}
    except Exception as error:  # Whatever the client raises is what it saw.
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
