"""The shape of an indicator: its words, what a policy means by its bare name, and how it is measured."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import ibis

from appraise.domain.indicators import IndicatorDefinition
from appraise.domain.policies import Attribution, IndicatorPolicy, Policy
from appraise.scoring.attribution import credit
from appraise.scoring.event_tables import SECONDS_PER_DAY
from appraise.scoring.findings import Findings
from appraise.scoring.prepared import Prepared, touches
from appraise.scoring.spells import CustomerTime, customer_time


@dataclass(frozen=True)  # no slots: what is prepared on demand is kept in the instance
class Shared:
    """What all indicators of a run may use; what only some need is prepared when the first asks for it."""

    prepared: Prepared
    _credited: dict[tuple[Attribution, int, int], ibis.Table] = field(default_factory=dict, init=False)

    @cached_property
    def touches(self) -> ibis.Table:
        """Every moment at which an employee served a customer."""
        return touches(self.prepared)

    @cached_property
    def time(self) -> CustomerTime:
        """Customers' time with its moments, purchases and history."""
        return customer_time(self.prepared, self.touches)

    def credit(self, rules: IndicatorPolicy) -> ibis.Table:
        """Weights of each moment of the cycle, as `attribution.credit`; indicators that share alike have one table."""
        alike = rules.attribution, rules.window_days, rules.half_life_days
        if alike not in self._credited:
            start, end = self.prepared.start - rules.window_days * SECONDS_PER_DAY, self.prepared.end
            near = self.touches.filter((self.touches["at"] >= start) & (self.touches["at"] < end))
            moments = self.time.of_cycle(self.prepared)
            self._credited[alike] = credit(moments, near, self.prepared, rules, are_touches=True)
        return self._credited[alike]


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator, offered by a module as `INDICATOR`.

    A policy that names the key without more gets `defaults`; for indicators that are not Appraise's own four, lint
    takes the defaults' attribution as the only possible one and their `minimum_events` as the floor. `measure` says of
    every employee an estimate or a typed absence, by the policy's rules under the definition's key. `reads` are the
    columns of contacts that it needs beside those of the case mix; None is all of them. `of_contacts` says whether
    the case mix is that of contacts, too.
    """

    definition: IndicatorDefinition
    defaults: IndicatorPolicy
    measure: Callable[[Shared, Policy], Findings]
    reads: tuple[str, ...] | None = None
    of_contacts: bool = True
