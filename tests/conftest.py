"""One thread and no log lines, as in a worker: before anything imports a backend."""

import os

from fmsearch.training.worker import use_one_thread

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
use_one_thread()
