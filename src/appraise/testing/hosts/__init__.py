"""Hosts to try sinks on: small servers that behave as badly as the systems they stand for."""

from collections.abc import Mapping
from typing import Final

from appraise.testing.hosts.bamboohr import FakeBamboo
from appraise.testing.hosts.bamboohr_goals import FakeBambooGoals
from appraise.testing.hosts.fake import FakeHost
from appraise.testing.hosts.frappe import FakeFrappe
from appraise.testing.hosts.horilla import FakeHorilla
from appraise.testing.hosts.odoo import FakeOdoo
from appraise.testing.hosts.orangehrm import FakeOrange
from appraise.testing.hosts.successfactors import FakeSuccessFactors

FAKES: Final[Mapping[str, type[FakeHost]]] = {
    "bamboohr": FakeBamboo,
    "bamboohr-goal": FakeBambooGoals,
    "frappe": FakeFrappe,
    "horilla": FakeHorilla,
    "odoo": FakeOdoo,
    "orangehrm": FakeOrange,
    "successfactors": FakeSuccessFactors,
}
"""By the name of the sink."""
