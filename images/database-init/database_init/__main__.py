"""Runs the task once: exits with 0 when all is as it should be, else with 1 and the reason."""

import logging
import os
import sys

import psycopg
from botocore.exceptions import BotoCoreError, ClientError

from database_init.secret_store import SecretStore
from database_init.settings import BadSettings, load
from database_init.task import run


def main() -> None:
    logging.basicConfig(level="INFO", stream=sys.stdout, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("botocore").setLevel("WARNING")
    log = logging.getLogger("database-init")
    try:
        settings = load(os.environ)
        run(settings, SecretStore())
    except BadSettings as error:
        log.error("bad settings: %s", error)
    except psycopg.Error as error:
        log.error("the server %s refuses: %s", os.environ["DB_HOST"], " ".join(str(error).split()))
    except (BotoCoreError, ClientError) as error:
        log.error("Secrets Manager refuses: %s", error)
    else:
        log.info("%d database(s) as they should be", len(settings.databases))
        return
    sys.exit(1)


if __name__ == "__main__":
    main()
