"""One file a subcommand, each a thin wiring. Heavy imports stand inside the functions, so that `--help` is quick.

A command is a module named as it is called, with its description as the docstring, `HELP` (one line), `EXAMPLES`,
`configure(parser)` and `run(options)`, which returns an exit code or None for 0.
"""

from fmsearch.commands import check, compare, doctor, export, init, leaderboard, predict, run, schema, show, verify

ALL = (run, check, init, leaderboard, show, compare, verify, export, predict, doctor, schema)
