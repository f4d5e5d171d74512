"""Hosts to try sinks on: small servers that behave as badly as the systems they stand for."""

from collections.abc import Mapping
from typing import Final

from appraise.testing.hosts.bamboohr import FakeBamboo
from appraise.testing.hosts.bamboohr_goals import FakeBambooGoals
from appraise.testing.hosts.fake import FakeHost
from appraise.testing.hosts.frappe import FakeFrappe
from appraise.testing.hosts.frappe_goals import FakeFrappeGoals
from appraise.testing.hosts.horilla import FakeHorilla
from appraise.testing.hosts.odoo import FakeOdoo, FakeOdooXml
from appraise.testing.hosts.orangehrm import FakeOrange, FakeOrangeOfFive
from appraise.testing.hosts.successfactors import FakeSuccessFactors

FAKES: Final[Mapping[str, type[FakeHost]]] = {
    "bamboohr": FakeBamboo,
    "bamboohr-goal": FakeBambooGoals,
    "frappe": FakeFrappe,
    "frappe-goal": FakeFrappeGoals,
    "horilla": FakeHorilla,
    "odoo": FakeOdoo,
    "odoo, XML-RPC": FakeOdooXml,
    "orangehrm": FakeOrange,
    "orangehrm, of 5": FakeOrangeOfFive,
    "successfactors": FakeSuccessFactors,
}
"""By the name of the sink, and behind it of the way where it has a second one."""


def sink_of(name: str) -> str:
    """The sink that a name of `FAKES` means."""
    return name.partition(",")[0]
