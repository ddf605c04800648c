"""Secrets Manager: a secret that nobody has given a value."""

from corrections import corrects


@corrects("secretsmanager:_vid_to_stages")
def leave_out_empty_versions(original, secret):
    """A secret that was created without a value has no version (API_CreateSecret).

    ministack: gives it an empty one, which looks like a value.
    """
    empty = {version for version, kept in secret["Versions"].items()
             if kept.get("SecretString") is None and kept.get("SecretBinary") is None}
    return {version: stages for version, stages in original(secret).items() if version not in empty}
