"""The command line: parser, dispatch, exit codes."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version

from fmsearch import commands
from fmsearch.errors import FAILED, INTERRUPTED, WRONG_INPUT, FmsearchError, masked
from searchspace import SearchSpaceError
from searchspace.errors import OwnCodeError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns:
        0 done; 1 the work failed; 2 the input is wrong; 130 interrupted.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a class name may be beyond the terminal's encoding
    options = _parser().parse_args(arguments)
    try:
        code = options.command(options) or 0
        sys.stdout.flush()  # so that a reader who has gone is met here, not while Python ends
    except KeyboardInterrupt:
        print("fmsearch: interrupted; running a study again, without --fresh, resumes it", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough; Python must not complain while it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except FmsearchError as error:
        return _told(error, error.exit_code, debug=options.debug)
    except OwnCodeError as error:
        return _told(error, WRONG_INPUT, debug=options.debug)
    except (SearchSpaceError, OSError) as error:
        return _told(error, FAILED, debug=options.debug)
    else:
        return code


def _told(error: Exception, exit_code: int, *, debug: bool) -> int:
    if debug:
        raise error
    print(f"fmsearch: {masked(str(error))}", file=sys.stderr)
    return exit_code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fmsearch",
        description="Declarative architecture search: a study file in, the best CNNs at every size out.",
        epilog="Exit codes: 0 done; 1 the work failed; 2 the input is wrong; 130 interrupted.",
    )
    parser.add_argument("--version", action="version", version=f"fmsearch {version('fmsearch')}")
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error; goes before COMMAND")
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in commands.ALL:
        name = command.__name__.rsplit(".", 1)[1]
        subparser = subparsers.add_parser(
            name,
            help=command.HELP,
            description=command.__doc__,
            epilog=command.EXAMPLES,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.configure(subparser)
        subparser.set_defaults(command=command.run)
    return parser
