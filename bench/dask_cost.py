"""Measure what Dask costs for each task: bytes over the wire and processor time, here, in the scheduler and in a worker.

    python -m bench.dask_cost WORK [--count 40]

The tasks do nothing but take and return as many bytes as an analysis or a rendering does. All processes are on this machine.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from pelican_headshots.pipeline.tasks import make_worker_fingerprint
from pelican_headshots.workers.dask import DaskPool
from pelican_headshots.workers.pool import Job
from tools.fuzz.dask_soak import run_cluster

ORIGINAL_BYTES, RECORD_BYTES, RENDITION_BYTES = 7_000_000, 5_000, 2_500_000
"""Of a photo of 24 MP: the file, what is measured, and all that the theme needs as AVIF and JPEG."""

CASES = {
    "nothing": (0, 0),
    "as an analysis": (ORIGINAL_BYTES, RECORD_BYTES),
    "as a rendering": (ORIGINAL_BYTES, RENDITION_BYTES),
}


def _answer(data: bytes, size: int) -> bytes:
    return data[:size]


def _count_sent_bytes(**_: object) -> None:
    """Have this process count the bytes that it sends. Runs in each process."""
    from distributed.comm.tcp import TCP

    if not hasattr(TCP, "sent_bytes"):
        write = TCP.write

        async def count(self: Any, *arguments: Any, **options: Any) -> Any:
            size = await write(self, *arguments, **options)
            TCP.sent_bytes += size
            return size

        TCP.sent_bytes, TCP.write = 0, count


def _read_costs(**_: object) -> tuple[float, float]:
    """Return the processor seconds and the sent bytes of this process. Runs in each process."""
    from distributed.comm.tcp import TCP

    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime, TCP.sent_bytes


def measure(address: str, count: int) -> None:
    """Print a line for each case."""
    import distributed

    with (
        distributed.Client(address, set_as_default=False) as client,
        DaskPool[Any](address, make_worker_fingerprint) as pool,
    ):
        client.wait_for_workers(2)
        everywhere: list[Callable[[Callable[..., Any]], list[Any]]] = [
            lambda function: [function()],
            lambda function: [client.run_on_scheduler(function)],
            lambda function: list(client.run(function).values()),
        ]
        for run in everywhere:
            run(_count_sent_bytes)
        for name, (sent, returned) in {"warm-up": (1000, 1000), **CASES}.items():
            data = bytes(sent)
            jobs = [Job(f"{number}.jpg", partial(tuple, (data, returned))) for number in range(count)]
            before = [run(_read_costs) for run in everywhere]
            started = time.monotonic()
            list(pool.run(_answer, jobs))
            seconds = time.monotonic() - started
            after = [run(_read_costs) for run in everywhere]
            print(f"{name}, for each task ({seconds / count * 1000:.0f} ms of wall time):")
            for place, old, new in zip(("this program", "the scheduler", "the workers"), before, after, strict=True):
                spent = sum(end[0] - start[0] for start, end in zip(old, new, strict=True)) / count
                out = sum(end[1] - start[1] for start, end in zip(old, new, strict=True)) / count
                print(f"  {place}: {spent * 1000:.1f} ms of processor time, {out / 1000:,.1f} kB sent")


def main() -> None:
    """Run a cluster and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path)
    parser.add_argument("--count", type=int, default=40)
    args = parser.parse_args()
    with run_cluster(args.work.resolve() / "cluster") as cluster:
        measure(cluster.address, args.count)


if __name__ == "__main__":
    main()
