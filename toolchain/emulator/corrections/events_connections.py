"""EventBridge: connections, whose secrets are in Secrets Manager."""

import json

from ministack.core.responses import json_response, new_uuid
from ministack.services import eventbridge, secretsmanager

from corrections import corrects

# Member of the secret → where it is in AuthParameters.
_ALWAYS = {"invocation_http_parameters": ("InvocationHttpParameters",)}
_MEMBERS = {
    "API_KEY": {"api_key_name": ("ApiKeyAuthParameters", "ApiKeyName"),
                "api_key_value": ("ApiKeyAuthParameters", "ApiKeyValue")},
    "BASIC": {"username": ("BasicAuthParameters", "Username"), "password": ("BasicAuthParameters", "Password")},
    "OAUTH_CLIENT_CREDENTIALS": {
        "client_id": ("OAuthParameters", "ClientParameters", "ClientID"),
        "client_secret": ("OAuthParameters", "ClientParameters", "ClientSecret"),
        "authorization_endpoint": ("OAuthParameters", "AuthorizationEndpoint"),
        "http_method": ("OAuthParameters", "HttpMethod"),
        "oauth_http_parameters": ("OAuthParameters", "OAuthHttpParameters")}}
_NEVER_ANSWERED = ("ApiKeyValue", "Password", "ClientSecret")


def with_secrets(connection):
    """A connection as deliveries need it, its AuthParameters as they are in its secret; None if that is gone."""
    status, _, body = secretsmanager._get_secret_value({"SecretId": connection["SecretArn"]})
    if status != 200:
        return None
    kept, parameters = json.loads(json.loads(body)["SecretString"]), {}
    for name, path in (_ALWAYS | _MEMBERS.get(connection["AuthorizationType"], {})).items():
        if name in kept:
            place = parameters
            for part in path[:-1]:
                place = place.setdefault(part, {})
            place[path[-1]] = kept[name]
    return connection | {"AuthParameters": parameters}


def _secret(kind, parameters):
    """The text of a connection's secret."""
    kept = {}
    for name, path in (_ALWAYS | _MEMBERS.get(kind, {})).items():
        value = parameters
        for part in path:
            value = (value or {}).get(part)
        if value is not None:
            kept[name] = value
    return json.dumps(kept)


def _public(value):
    """AuthParameters without what is secret in them."""
    if isinstance(value, list):
        return [_public(item) for item in value]
    if not isinstance(value, dict):
        return value
    hidden = {*_NEVER_ANSWERED, "Value"} if value.get("IsValueSecret") else _NEVER_ANSWERED
    return {name: _public(item) for name, item in value.items() if name not in hidden}


@corrects("eventbridge:_create_connection")
def keep_the_secret(original, data):
    """The credentials of a connection are a secret of Secrets Manager, events!connection/<name>/<id>, and its ARN
    ends in an id (eb-target-connection-auth, API_CreateConnection).

    ministack: keeps them in the connection, and knows no id.
    """
    response = original(data)
    if response[0] != 200:
        return response
    made, unique = eventbridge._connections[data["Name"]], new_uuid()
    given = made["AuthParameters"]
    made |= {"ConnectionArn": f"{made['ConnectionArn']}/{unique}", "AuthParameters": _public(given),
             "SecretArn": secretsmanager.create_secret_in_process(
                 f"events!connection/{made['Name']}/{unique}", _secret(made["AuthorizationType"], given))}
    return json_response({name: made[name] for name in ("ConnectionArn", "ConnectionState", "CreationTime",
                                                        "LastModifiedTime")})


@corrects("eventbridge:_update_connection")
def update_the_secret(original, data):
    """An update replaces what it names of the credentials, in the same secret (API_UpdateConnection).

    ministack: replaces all of them, in the connection.
    """
    there = eventbridge._connections.get(data.get("Name"))
    if not there or not {"AuthParameters", "AuthorizationType"} & set(data):
        return original(data)
    kind = data.get("AuthorizationType", there["AuthorizationType"])
    before = (with_secrets(there) or {"AuthParameters": {}})["AuthParameters"]
    merged = dict(before) if kind == there["AuthorizationType"] else {}
    for section, given in (data.get("AuthParameters") or {}).items():
        merged[section] = merged.get(section, {}) | given
    # The secret first: a delivery may begin as soon as ministack calls the connection authorized.
    was = _secret(there["AuthorizationType"], before)
    secretsmanager.put_secret_value_in_process(there["SecretArn"], _secret(kind, merged))
    response = original(data | {"AuthParameters": merged})
    if response[0] == 200:
        there["AuthParameters"] = _public(merged)
    else:
        secretsmanager.put_secret_value_in_process(there["SecretArn"], was)
    return response


@corrects("eventbridge:_deauthorize_connection")
def empty_the_secret(original, data):
    """Deauthorizing a connection removes its credentials (API_DeauthorizeConnection).

    ministack: removes what is in the connection; here they are in the secret.
    """
    response = original(data)
    if response[0] == 200:
        secretsmanager.put_secret_value_in_process(eventbridge._connections[data["Name"]]["SecretArn"], "{}")
    return response


@corrects("eventbridge:_delete_connection")
def delete_the_secret(original, data):
    """The secret of a connection ends with it (eb-target-connection-auth).

    ministack: knows no secret.
    """
    there = eventbridge._connections.get(data.get("Name"))
    response = original(data)
    if response[0] == 200:
        secretsmanager.delete_secret_in_process(there["SecretArn"])
    return response


@corrects("eventbridge:_describe_connection")
def answer_what_is_not_secret(original, data):
    """DescribeConnection names the secret and leaves out the values in it (API_DescribeConnection), and a description
    only if there is one.

    ministack: answers the API key and the password, and an empty description.
    """
    status, headers, body = original(data)
    if status != 200:
        return status, headers, body
    shown = json.loads(body)
    return json_response({name: value for name, value in shown.items() if value != ""})
