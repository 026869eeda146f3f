"""One thread and no log lines, as in a worker: before anything imports a backend."""

from fmsearch.training.worker import use_one_thread

use_one_thread()
