"""`python -m fmsearch` is `fmsearch`."""

import sys

from fmsearch.cli import main

sys.exit(main())
