"""How gunicorn serves the leveling API: one small process with threads, since each request waits for the database."""

import os

import fleet_logs

bind = f"0.0.0.0:{os.environ.get('PORT', '8000')}"
workers = 1
threads = 4
preload_app = True  # a mistake in the settings ends the process with its reason, before a worker is started
graceful_timeout = 5  # seconds that requests under way get at the end, below the 10 a container has

worker_tmp_dir = "/tmp"  # the only folder that can be written to
control_socket_disable = True  # nothing manages the server from inside its container

# Here, before gunicorn loads the API: what breaks while it does is a line too.
fleet_logs.catch_all()

# gunicorn's own lines go where all others go, in the same form; its default handlers are left out.
logconfig_dict = {**fleet_logs.config(), "loggers": {"gunicorn.error": {"handlers": [], "propagate": True}}}
