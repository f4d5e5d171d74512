import pytest

from appraise.adapters.settings import own_settings
from appraise.errors import InvalidInput


def test_an_adapters_settings_are_its_own_without_those_of_the_import() -> None:
    settings = {"bots": "x", "allow_ends": "yes", "reference.CUSTOM01": "zendesk:agent"}

    assert own_settings(settings, ["bots", "reference."]) == {"bots": "x", "reference.CUSTOM01": "zendesk:agent"}


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("bot", "did you mean 'bots'?"),
        ("referenc.CUSTOM01", "did you mean 'reference.CUSTOM01'?"),
        ("reference.", "did you mean 'reference.'?"),
        ("colour", None),
    ],
)
def test_an_unknown_setting_is_refused_with_the_nearest_one(name: str, hint: str | None) -> None:
    with pytest.raises(InvalidInput) as refusal:
        own_settings({name: "x"}, ["bots", "reference."])

    assert (refusal.value.found, refusal.value.hint) == (f"there is no setting {name!r}", hint)
