"""Values as Optuna takes them: its choices are scalars, so a pair or a list of layers goes by its position."""

from __future__ import annotations

from typing import Any, cast

from searchspace.domains import Choice, Domain, Real, Value

FEW = 10
"""Values of a continuous range for an engine that tries every point; as many as KerasTuner's grid takes."""


def by_position(domain: Domain) -> bool:
    """Whether Optuna knows the domain's values by their positions."""
    return isinstance(domain, Choice) and any(isinstance(value, tuple) for value in domain.values)


def suggested(domain: Domain, value: Value) -> Any:
    """What Optuna knows a value as."""
    return domain.values.index(value) if by_position(domain) else value


def understood(domain: Domain, parameter: Any) -> Value:
    """The value that Optuna's parameter means."""
    return domain.values[parameter] if by_position(domain) else cast("Value", parameter)


def finite(domain: Domain) -> Domain:
    """The domain, or a few values in the middle of equal parts of it, where there is no end of them."""
    if not isinstance(domain, Real) or domain.step is not None:
        return domain
    return Choice(tuple(domain.at((part + 0.5) / FEW) for part in range(FEW)))
