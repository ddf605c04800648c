"""The roles' passwords in AWS Secrets Manager."""

import json

from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.session import get_session


class SecretStore:
    """Reads and writes secrets by ARN, each a JSON object. Credentials and endpoint are AWS's usual settings."""

    def __init__(self) -> None:
        self._clients: dict[str, object] = {}

    def read(self, arn: str) -> dict | None:
        """The secret's value, or None when it has none yet, or one that is no JSON object."""
        try:
            answer = self._client(arn).get_secret_value(SecretId=arn)
        except ClientError as error:
            # A secret that is declared and was never given a value is "not found" as well.
            if error.response["Error"]["Code"] == "ResourceNotFoundException":
                return None
            raise
        try:
            value = json.loads(answer.get("SecretString", ""))
        except ValueError:
            return None
        return value if isinstance(value, dict) else None

    def write(self, arn: str, value: dict) -> None:
        """Makes value the secret's current value. Raises ClientError when the secret is not declared."""
        self._client(arn).put_secret_value(SecretId=arn, SecretString=json.dumps(value))

    def _client(self, arn: str):
        region = arn.split(":")[3]  # the ARN knows it; not every host tells its containers
        if region not in self._clients:
            config = Config(connect_timeout=5, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 5})
            self._clients[region] = get_session().create_client("secretsmanager", region_name=region, config=config)
        return self._clients[region]
