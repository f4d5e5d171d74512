from pathlib import Path

import pytest

from appraise.adapters.contract import ImportOptions
from appraise.adapters.files import read_header
from appraise.errors import InvalidInput
from appraise_surveymonkey import adapter


def test_a_rating_whose_options_are_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "responses.csv"
    path.write_text("RespondentID,End Date,How was it?,\n,,Good,Bad\n1,5/10/18 4:03,Good,\n")
    settings = {"column.score": "How was it?", "scale": "1-2"}
    options = ImportOptions(source="survey", time_zone="UTC", settings=settings)

    with pytest.raises(InvalidInput, match="spread over columns, one for each option, the first being 'Good'"):
        adapter.plan_events(read_header(path, adapter.shape(path, options)), path, options)
