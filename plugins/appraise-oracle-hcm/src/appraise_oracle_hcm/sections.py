"""Final sections as performance ratings of Oracle HCM's talent profiles: TalentProfile.dat for HCM Data Loader."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import ClassVar, Final

from appraise.adapters.contract import Verification
from appraise.adapters.section_papers import zipped
from appraise.adapters.section_tables import table_answers
from appraise.adapters.sinks import (
    FileAnswer,
    HostEntry,
    HostRefused,
    SinkDeclaration,
    SinkOptions,
    Writes,
    employee_id,
)
from appraise.domain.finished_sections import FinishedSection, WrittenTotal
from appraise.domain.host_scale import HostScale
from appraise.errors import InvalidInput

FILE: Final = "TalentProfile.dat"
"""The loader takes a file by this name alone, in an archive without folders."""
LEVEL: Final = "RatingLevelCode1"
SECTION: Final = "SourceSystemId"
MANUAL: Final = {"SourceType": "HRT", "QualifierId1": "33"}
"""A rating that was added by hand to the talent profile; without a source no page shows it."""
FEWEST: Final = 2


class TalentProfileSink:
    declaration: ClassVar[SinkDeclaration] = SinkDeclaration(
        name="oracle-hcm",
        title="Oracle HCM: performance ratings of the talent profile (TalentProfile.dat)",
        version=(
            "attributes by a consultant's sample, form of the file by the vendor's documents; "
            "never loaded into an installation"
        ),
        verification=Verification.SECOND_HAND,
        writes=(Writes.TOTAL, Writes.RECEIPT),
        employee="oracle-hcm:person-number",
        scale="The levels that `levels` lists, from the worst to the best.",
        settings={
            "rating_model": "RatingModelCode1: code of the rating model; needed.",
            "levels": "Codes of its levels from the worst to the best, with commas, e.g. 1,2,3,4,5; needed.",
            "profile_code": "ProfileCode of a person, {employee} being the person number, e.g. PER_{employee}; needed.",
            "section_id": "SectionId of performance ratings in person profiles, where they are enhanced ones.",
            "owner": "SourceSystemOwner, as registered in HRC_SOURCE_SYSTEM_OWNER; HRC_SQLLOADER where not given.",
            "source_type": "SourceType; HRT, added by hand, where not given.",
            "qualifier": "QualifierId1; 33 where not given.",
        },
        limits=(
            "A section without a total is rejected: a rating without a level does not exist there.",
            "Nothing in it tells a provisional section, which nobody reviewed, from others.",
            "A level that the rating model has not, or spells otherwise, is refused by the loader.",
            "Nothing loads sections of an evaluation: the rating stands in the talent profile, beside it.",
            "Confirmed only when a report with SourceSystemId and RatingLevelCode1 is read back as CSV.",
        ),
    )

    def suffix(self, options: SinkOptions) -> str:
        del options
        return ".zip"

    def plan(self, section: FinishedSection, options: SinkOptions) -> HostEntry:
        levels = _levels(options)
        total = WrittenTotal.of(section, HostScale(Decimal(1), Decimal(len(levels)), Decimal(1)))
        if total is None:
            raise HostRefused(f"{section.status}: a rating of a talent profile always has a level")
        employee = employee_id(section, options, self.declaration)
        settings = options.settings
        key = {
            "ProfileCode": settings["profile_code"].replace("{employee}", employee),
            "ContentType": "PERFORMANCE_RATING",
            "DateFrom": _day(section.period.start),
            "DateTo": "" if section.period.end is None else _day(section.period.end - timedelta(days=1)),
            "RatingModelCode1": settings["rating_model"],
            "SectionId": settings.get("section_id", ""),
            "SourceSystemOwner": settings.get("owner", "HRC_SQLLOADER"),
            SECTION: str(section.id),
            "SourceType": settings.get("source_type", MANUAL["SourceType"]),
            "QualifierId1": settings.get("qualifier", MANUAL["QualifierId1"]),
        }
        fields = {LEVEL: levels[int(total.value) - 1]}
        given = {name: value for name, value in key.items() if value}
        if any("\\" in value for value in (*given.values(), *fields.values())):
            raise HostRefused("a value holds a backslash, which the loader reads as the start of another sign")
        place = f"rating {section.id} of profile {key['ProfileCode']}"
        return HostEntry(section.id, section.revision, place, fields, total, given)

    def content(self, entries: Sequence[HostEntry], options: SinkOptions) -> bytes:
        """Attributes that no line has are left out: an empty one could take away what is there."""
        del options
        rows: list[Mapping[str, str | None]] = [{**entry.key, **entry.fields} for entry in entries]
        names = list(dict.fromkeys(name for row in rows for name in row))
        lines = [_line("METADATA", names)] if names else []
        lines += [_line("MERGE", [row.get(name) or "" for name in names]) for row in rows]
        return zipped({FILE: "".join(lines).encode()})

    def answers(self, path: Path, options: SinkOptions) -> Iterator[FileAnswer]:
        del options
        return table_answers(path, section=SECTION, needed=(LEVEL,))


def _levels(options: SinkOptions) -> list[str]:
    settings = options.settings
    levels = [code.strip() for code in settings.get("levels", "").split(",")]
    missing = [name for name in ("rating_model", "profile_code") if not settings.get(name)]
    if missing or len(levels) < FEWEST or not all(levels):
        raise InvalidInput(
            f"the host {options.name} lacks its {', '.join(missing) or 'levels'}",
            expected="settings.rating_model, settings.levels with two codes or more, and settings.profile_code",
        )
    return levels


def _day(day: date) -> str:
    return day.strftime("%Y/%m/%d")


def _line(instruction: str, values: Sequence[str]) -> str:
    return "|".join([instruction, "ProfileItem", *(_escaped(value) for value in values)]) + "\n"


def _escaped(value: str) -> str:
    return value.replace("|", "\\|").replace("\n", "\\n")


sink = TalentProfileSink()
