"""Whose JSON Web Tokens are trusted, and by what: read once from the file that `APPRAISE_ISSUERS` names."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from appraise.domain.access import Role
from appraise.domain.origins import LOOPBACK
from appraise.errors import InvalidInput, Place
from appraise.use_cases.listed_file import Listed, check_names, read_listed

Algorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
"""Signatures by public key only: there is no secret that an issuer would share with us (RFC 8725, 3.1 and 3.2)."""
ISSUERS: Final = Listed("issuer", "APPRAISE_ISSUERS", "docs/api/authentication.md")
TYPED_BY_PEOPLE: Final = "name"
"""The namespace of external references that tells nobody apart."""


def encrypted_way(url: str) -> str:
    """The URL itself. Raises `ValueError` where others could listen."""
    parts = urlsplit(url)
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)):
        raise ValueError("it must begin with https://; http:// is taken for this machine alone")
    return url


def _naming_one(namespace: str) -> str:
    if namespace == TYPED_BY_PEOPLE:
        raise ValueError("two employees may have the same name")
    return namespace


def _of_an_employee(roles: Mapping[str, Role]) -> Mapping[str, Role]:
    if Role.SERVICE in roles.values():
        raise ValueError("a service is nobody's employee; make it an access token")
    return roles


def _with_openid(scopes: list[str]) -> list[str]:
    if "openid" not in scopes:
        raise ValueError("openid must be among them")
    return scopes


Text = Annotated[str, Field(min_length=1)]


class ConsoleClient(BaseModel):
    """How people sign in to the console by the issuer: Appraise as the issuer knows it.

    `name` stands in the addresses that the issuer sends people back to, `title` on the button. Without
    `client_secret_file` Appraise is a public client, which PKCE alone protects.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]
    title: Text
    client_id: Text
    client_secret_file: Annotated[Path, Field(strict=False)] | None = None
    scopes: Annotated[list[Text], AfterValidator(_with_openid)] = ["openid"]

    def secret(self) -> str | None:
        """Raises `InvalidInput` where the file cannot be read."""
        if self.client_secret_file is None:
            return None
        try:
            return self.client_secret_file.read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            raise InvalidInput(
                f"the client's secret in {self.client_secret_file} cannot be read: {error}",
                hint="check client_secret_file in the file of issuers",
            ) from error


class Issuer(BaseModel):
    """`employee_claim` holds what the sources call the employee, an external reference in `employee_namespace`.

    `type` is the header's `typ` where the issuer sets one, `at+jwt` by RFC 9068. `roles` says which values of the
    claim `roles_claim` (a text or a list of texts) give which role, beside the roles that were granted here.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    issuer: Text
    audience: Text
    jwks_url: Annotated[str, AfterValidator(encrypted_way)]
    algorithms: Annotated[list[Algorithm], Field(min_length=1)]
    employee_claim: Text = "sub"
    employee_namespace: Annotated[Text, AfterValidator(_naming_one)]
    type: Text | None = None
    roles_claim: Text = "roles"
    roles: Annotated[
        Mapping[str, Annotated[Role, Field(strict=False)]],
        AfterValidator(_of_an_employee),
    ] = {}
    console: ConsoleClient | None = None


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    issuers: Annotated[list[Issuer], Field(min_length=1)]


def read_issuers(file: Path | None) -> tuple[Issuer, ...]:
    """None without a file. Raises `InvalidInput` for what cannot be read, with its place, and for an issuer twice."""
    if file is None:
        return ()
    document = read_listed(file, _Document, ISSUERS)
    check_names([issuer.issuer for issuer in document.issuers], file, ISSUERS, expected="one table for each issuer")
    names = [issuer.console.name for issuer in document.issuers if issuer.console is not None]
    if len(set(names)) < len(names):
        raise InvalidInput(
            "two issuers have the same console.name", place=Place(file=str(file)), expected="a name for each"
        )
    return tuple(document.issuers)
