from pathlib import Path

from tests.use_cases.test_import_people import AT, jobs, silent

from appraise.adapters.contract import ImportOptions
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.import_people import import_people


def test_one_bad_row_is_enough_to_write_nothing_where_that_is_the_policy(
    deployment: Deployment, tmp_path: Path
) -> None:
    file, mapping = tmp_path / "people.csv", tmp_path / "people.toml"
    file.write_text("id,name\n1,Ann\n2,\n")
    mapping.write_text('kind = "people"\n[columns]\nkey = "id"\ndisplay_name = "name"\n')
    options = ImportOptions("csv", mapping=mapping)

    report = import_people(
        deployment, "csv", file, options, at=AT, dry_run=False, progress=silent, error_policy="reject-file"
    )

    assert (report.refused, report.created, len(report.rejected)) == (True, 1, 1)
    assert jobs(deployment) == []
