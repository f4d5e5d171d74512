from pathlib import Path

import pytest

from appraise.domain.access import Role
from appraise.errors import InvalidInput
from appraise.use_cases.issuers import read_issuers

ROOT = Path(__file__).parents[2]
LINES = {
    "issuer": '"https://login.example.org"',
    "audience": '"appraise"',
    "jwks_url": '"https://login.example.org/keys"',
    "algorithms": '["RS256"]',
    "employee_namespace": '"hr:id"',
}


def written(directory: Path, text: str) -> Path:
    file = directory / "issuers.toml"
    file.write_text(text, encoding="utf-8")
    return file


def table(**changes: str) -> str:
    return "[[issuers]]\n" + "".join(f"{key} = {value}\n" for key, value in (LINES | changes).items())


def test_without_a_file_nobody_is_trusted() -> None:
    assert read_issuers(None) == ()


def test_the_example_of_the_documentation_is_read(tmp_path: Path) -> None:
    page = (ROOT / "docs/api/authentication.md").read_text(encoding="utf-8")
    example = page.split("```toml\n")[1].split("```")[0]

    (issuer,) = read_issuers(written(tmp_path, example))

    assert (issuer.employee_claim, issuer.type, issuer.roles_claim) == ("employee_id", "at+jwt", "groups")
    assert issuer.roles == {"appraise-hr": Role.HR_ADMINISTRATOR, "appraise-board": Role.EXECUTIVE}


def test_the_documented_way_into_the_console_is_read(tmp_path: Path) -> None:
    page = (ROOT / "docs/api/authentication.md").read_text(encoding="utf-8")
    issuer, console = (part.split("```")[0] for part in page.split("```toml\n")[1:3])
    (read,) = read_issuers(written(tmp_path, issuer + console))

    assert read.console is not None
    assert (read.console.name, read.console.client_id) == ("staff", "appraise-console")
    assert (read.console.scopes, read.console.client_secret_file) == (
        ["openid", "email"],
        Path("/run/secrets/appraise"),
    )


CONSOLE = '[issuers.console]\nname = "staff"\ntitle = "Staff"\nclient_id = "us"\n'


@pytest.mark.parametrize(
    ("was", "wrong", "key"),
    [
        ('name = "staff"', 'name = "Staff/x"', "console.name"),
        ('name = "staff"', "", "console.name"),
        ('client_id = "us"', 'client_id = ""', "console.client_id"),
        ('client_id = "us"', 'client_id = "us"\nscopes = ["email"]', "openid must be among them"),
        ('client_id = "us"', 'client_id = "us"\nclient_secret = "open"', "client_secret"),
    ],
)
def test_a_way_into_the_console_that_cannot_be_right_is_refused(tmp_path: Path, was: str, wrong: str, key: str) -> None:
    with pytest.raises(InvalidInput, match=key):
        read_issuers(written(tmp_path, table() + CONSOLE.replace(was, wrong)))


def test_two_ways_of_one_name_are_refused(tmp_path: Path) -> None:
    other = table(issuer='"https://other"') + CONSOLE

    with pytest.raises(InvalidInput, match=r"same console\.name"):
        read_issuers(written(tmp_path, table() + CONSOLE + other))


def test_the_subject_names_the_employee_unless_told_otherwise(tmp_path: Path) -> None:
    text = table() + table(issuer='"https://other"', jwks_url='"http://127.0.0.1:8080/keys"')

    first, second = read_issuers(written(tmp_path, text))

    assert (first.employee_claim, first.type, first.roles) == ("sub", None, {})
    assert second.issuer == "https://other"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "issuers cannot be read"),
        ("issuers = []", "issuers cannot be read"),
        ("[[issuers]", "no TOML"),
        (table(algorithms="[]"), "issuers.0.algorithms"),
        (table(algorithms='["none"]'), "issuers.0.algorithms.0"),
        (table(algorithms='["HS256"]'), "issuers.0.algorithms.0"),
        (table(algorithms='"RS256"'), "issuers.0.algorithms"),
        (table(jwks_url='"http://login.example.org/keys"'), "must begin with https"),
        (table(jwks_url='"file:///etc/passwd"'), "must begin with https"),
        (table(jwks_url='"https:///keys"'), "must begin with https"),
        (table(jwks_url='"https://[x/keys"'), "issuers.0.jwks_url"),
        (table(employee_namespace='"name"'), "same name"),
        (table(audience='""'), "issuers.0.audience"),
        (table(audience="1"), "issuers.0.audience"),
        (table(leeway="3600"), "issuers.0.leeway"),
        (table(roles='{ "x" = "service" }'), "nobody's employee"),
        (table(roles='{ "x" = "king" }'), "issuers.0.roles.x"),
        (table() + table(), "is there twice"),
        (table().replace('audience = "appraise"\n', ""), "issuers.0.audience"),
    ],
)
def test_a_file_that_cannot_be_followed_is_refused_with_the_place(tmp_path: Path, text: str, told: str) -> None:
    file = written(tmp_path, text)

    with pytest.raises(InvalidInput, match=told) as refused:
        read_issuers(file)
    assert str(refused.value.place) == str(file)


def test_a_file_that_is_not_there_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"nowhere\.toml cannot be read"):
        read_issuers(tmp_path / "nowhere.toml")
