from pathlib import Path

import pytest

from appraise.adapters.sinks import HostRefused, SinkOptions
from appraise.errors import InvalidInput
from appraise.testing.file_conformance import file_suite, members
from appraise.testing.finished import finished_section
from appraise.testing.host_files import ORACLE, TRIALS
from appraise_oracle_hcm.data_loader import read_components
from appraise_oracle_hcm.sections import sink

SECTION = finished_section("oracle-hcm:person-number", "E|17")
test_sink = file_suite(sink, TRIALS["oracle-hcm"], Path(__file__).parent / "fixtures/TalentProfile.dat")


def test_the_archive_holds_one_file_whose_signs_are_escaped_as_the_loader_wants(tmp_path: Path) -> None:
    options = SinkOptions("oracle", settings={**ORACLE, "section_id": "9933"})

    archive = members(sink.content([sink.plan(SECTION, options)], options))

    assert list(archive) == ["TalentProfile.dat"]
    (tmp_path / "TalentProfile.dat").write_bytes(archive["TalentProfile.dat"])
    [line] = read_components(tmp_path / "TalentProfile.dat")
    assert line.values["ProfileCode"] == "PER_E|17"
    assert (line.values["SectionId"], line.values["DateTo"]) == ("9933", "2025/12/31")
    with pytest.raises(HostRefused, match="a value holds a backslash"):
        sink.plan(finished_section("oracle-hcm:person-number", "17\\4"), options)


@pytest.mark.parametrize("missing", ["rating_model", "levels", "profile_code"])
def test_what_nobody_can_guess_is_asked_for(missing: str) -> None:
    options = SinkOptions("oracle", settings={name: value for name, value in ORACLE.items() if name != missing})

    with pytest.raises(InvalidInput, match=f"the host oracle lacks its {missing}"):
        sink.plan(SECTION, options)
