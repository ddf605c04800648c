"""The AWS emulator of this project: ministack with corrections.

    GATEWAY_PORT=4566 STATE_DIR=… python run.py serve    until SIGTERM, which keeps the state
    GATEWAY_PORT=4566 STATE_DIR=… python run.py reset    remove all that it made on the engine, and its state

    python run.py corrections                            print the table of corrections that README.md holds

Ready when http://localhost:$GATEWAY_PORT/_ministack/health answers 200.
"""

import argparse
import fcntl
import json
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import settings as configuration


def main(arguments=None) -> int:
    """Run one of the two commands."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=("serve", "reset", "corrections"))
    command = parser.parse_args(arguments).command
    if command == "corrections":
        return list_corrections()
    settings = configuration.load()
    configuration.prepare(settings)
    return serve(settings) if command == "serve" else reset(settings)


def serve(settings) -> int:
    """Start ministack with the corrections in place."""
    import engine
    import server

    server.refuse_taken(server.addresses(settings))
    settings.state_dir.mkdir(parents=True, exist_ok=True)
    held = lock(settings)  # until the process ends
    import corrections

    try:
        corrections.install()
    except corrections.DriftError as error:
        print(f"the emulator does not start: {error}", file=sys.stderr)
        return 1
    from corrections import loops

    if engine.client() is None:
        print("no Docker Engine: tasks and databases are records without containers", file=sys.stderr)
    server.serve(settings, loops.closing)
    held.close()
    return 0


def lock(settings):
    """Hold the state folder alone; refuse where an emulator runs on it."""
    file = (settings.state_dir / "lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise SystemExit(f"an emulator runs on the state folder {settings.state_dir}; stop it first (SIGTERM)") from None
    return file


def list_corrections() -> int:
    """Print every correction, what it takes the place of, and what it restores."""
    import corrections

    print("\n".join(corrections.table()))
    return 0


def reset(settings) -> int:
    """Remove this emulator's containers, volumes and networks and its state, and print what went."""
    import engine

    if settings.state_dir.is_dir():
        lock(settings)
    removed = engine.remove_all(settings.instance)
    if settings.state_dir.is_dir():
        shutil.rmtree(settings.state_dir)
        removed["state"] = [str(settings.state_dir)]
    print(json.dumps(removed))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
