"""A process that races: each line on its input names a database, a contest and the prizes; `go` starts the race."""

import json
import sys

from idp.clock import SettableClock
from idp.storage.sql.storage import SqlStorage
from tests.storage.contests import CONTESTS


def main(name: str) -> None:
    """Answer every line with `ready`, and after `go` with the prizes that were won."""
    for line in sys.stdin:
        task = json.loads(line)
        storage = SqlStorage(task["url"], clock=SettableClock(), busy_seconds=30)
        with storage.write() as unit:
            unit.users.get(0)
        print("ready", flush=True)
        sys.stdin.readline()
        won = CONTESTS[task["contest"]].race(storage, task["prizes"], name)
        storage.close()
        print(json.dumps(won), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
