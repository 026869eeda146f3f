"""How many cores there are to work on."""

from __future__ import annotations


def cores() -> int:
    """Cores that this process may use, by its affinity and by the quota of a container it runs in."""
    from joblib.externals.loky import cpu_count  # joblib's own gives 1 where a system has no semaphores

    return int(cpu_count())
