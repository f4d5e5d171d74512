"""What an indicator is, also one whose package is gone."""

import pytest

from appraise.domain.identifiers import IndicatorKey
from appraise.domain.indicators import BY_KEY, IndicatorDefinition, Role, definition_of
from appraise.scoring.installed import installed

installed()  # what is installed is known, also where these tests run without the others


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
