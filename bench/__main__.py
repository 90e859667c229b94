"""CPU time per operation on SQLite and on PostgreSQL, of the flow core, and memory of a worker: `make bench`.

The provider runs in this process and is called over ASGI without an HTTP library, one request at a time. Time of the
store's server process counts as well. Wall-clock figures are for orientation: machines are shared.
"""

import asyncio
import os
from pathlib import Path

from bench.flows import measure_flows
from bench.operations import measure_operations
from bench.report import print_flows, print_machine, print_operations, print_worker
from bench.worker import measure_worker
from bench.world import ALGORITHMS, open_postgres, open_provider, open_sqlite
from idp.observability import set_up_logging


def main() -> None:
    """Measure everything there is."""
    rounds = int(os.environ.get("BENCH_ROUNDS", "200"))
    print_machine(rounds)
    # For as long as the process lives: logs are written as in production, and nobody reads them.
    set_up_logging(stream=Path(os.devnull).open("w"))  # noqa: SIM115
    for opened in (open_sqlite, open_postgres):
        with opened() as store, open_provider(store) as provider:
            print_operations(
                store.name,
                {alg: asyncio.run(measure_operations(provider, store, alg, rounds)) for alg in ALGORITHMS},
            )
    print_flows(measure_flows())
    print_worker(measure_worker(rounds))


if __name__ == "__main__":
    main()
