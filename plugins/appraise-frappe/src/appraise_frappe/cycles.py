"""Which Appraisal Cycle of Frappe HR a section belongs into."""

from typing import Final

from appraise.adapters.sinks import SinkOptions
from appraise.domain.finished_sections import FinishedSection
from appraise.errors import InvalidInput

NAME: Final = "{cycle}"
SETTING: Final = (
    "The Appraisal Cycle's id in Frappe HR, made of {cycle}, the cycle's name here; that alone where not given."
)


def cycle_of(section: FinishedSection, options: SinkOptions) -> str:
    """What the cycle itself is known by there, else by its name."""
    if section.cycle_reference is not None:
        return section.cycle_reference.value
    return options.settings.get("cycle", NAME).replace(NAME, section.cycle)


def check_cycle(options: SinkOptions) -> None:
    """A fixed name would bring the sections of each year into one. Raises `InvalidInput`."""
    pattern = options.settings.get("cycle", NAME)
    if NAME not in pattern:
        raise InvalidInput(
            f"the setting cycle of the host {options.name} is {pattern!r}",
            expected="the id of Appraisal Cycles with {cycle} in place of our cycle's name, e.g. Appraisal {cycle}",
        )
