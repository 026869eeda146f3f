"""Where images come from: a `Data` section names them, `describe` looks, `load` reads, `share` lends to processes.

Importing this package imports no array library: each is imported by the function that needs it.
"""

from fmsearch.datasets.base import Dataset, Description
from fmsearch.datasets.cache import open_shared, share
from fmsearch.datasets.sources import describe, load
from fmsearch.datasets.spec import Data

__all__ = ["Data", "Dataset", "Description", "describe", "load", "open_shared", "share"]
