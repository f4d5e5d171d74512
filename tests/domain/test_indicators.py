"""What an indicator is, also one whose package is gone."""

from dataclasses import replace

import pytest

from appraise.domain.identifiers import IndicatorKey
from appraise.domain.indicators import BY_KEY, SATISFACTION, IndicatorDefinition, Role, definition_of
from appraise.domain.policies import DEFAULT_POLICY, DEFAULTS, register

COURTESY = IndicatorKey("courtesy")


@pytest.mark.parametrize("definition", BY_KEY.values(), ids=lambda definition: definition.key)
def test_an_installed_indicator_has_its_own_words(definition: IndicatorDefinition) -> None:
    assert definition_of(definition.key) is definition


def test_an_indicator_whose_package_is_gone_can_still_be_read() -> None:
    assert definition_of(IndicatorKey("first_reply_in_TIME")) == IndicatorDefinition(
        key=IndicatorKey("first_reply_in_TIME"),
        name="First reply in time",
        question="This figure comes from a package that is not installed here any more.",
        unit=None,
        direction=None,
        role=Role.CONTEXT,
        outcome=("outcome", "outcomes"),
        opening="{events} from {customers} gave a plain figure of {raw}.",
        counts="not known without the package",
        does_not_count="not known without the package",
    )


@pytest.fixture
def nothing_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test registers under `courtesy` is gone after it."""
    for known in (BY_KEY, DEFAULTS):
        monkeypatch.setitem(known, COURTESY, None)  # type: ignore[arg-type]


@pytest.mark.usefixtures("nothing_stays")
def test_a_registered_indicator_is_known_with_its_defaults() -> None:
    definition = replace(definition_of(SATISFACTION), key=COURTESY)
    defaults = replace(DEFAULT_POLICY.of(SATISFACTION), weight=0.0)

    register(definition, defaults)

    assert definition_of(COURTESY) is definition
    assert DEFAULTS[COURTESY] is defaults
