"""Times as a study file writes them."""

import pytest
from pydantic import TypeAdapter, ValidationError

from fmsearch.duration import Duration

READ = TypeAdapter(Duration)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("90s", 90),
        ("10m", 600),
        ("1h", 3_600),
        ("1h30m", 5_400),
        ("1h 30m 5s", 5_405),
        ("1.5m", 90),
        (600, 600),
        (0.5, 0.5),
    ],
)
def test_a_time(written, seconds):
    assert READ.validate_python(written) == seconds


@pytest.mark.parametrize("written", ["", "10", "10 minutes", "m", "-5m", "30m1h"])
def test_no_time_says_how_to_write_one(written):
    with pytest.raises(ValidationError, match="is not a time; expected one as in 90s, 10m or 1h30m"):
        READ.validate_python(written)


@pytest.mark.parametrize("written", [0, -1, "0s", float("inf"), float("nan")])
def test_a_time_is_longer_than_none_and_ends(written):
    with pytest.raises(ValidationError):
        READ.validate_python(written)
