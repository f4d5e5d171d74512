"""Imports through the API, by one clock that the test moves."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from starlette.testclient import TestClient
from tests.api.builder import AT, Company, service

from appraise.domain.access import ServiceScope
from appraise.use_cases.create_token import create_token
from appraise.use_cases.work import Worker

MAPPING = """
kind = "ratings"
time_zone = "UTC"
formats = ["%Y-%m-%d"]

[scale]
name = "csat_1_5"
low = 1
high = 5

[employee]
namespace = "hr:id"
column = "agent"

[columns]
event_id = "id"
customer_key = "id"
occurred_at = "at"
score = "answer"
"""
RATINGS = b"""id,at,agent,answer,shoe size
1,2025-03-01,E0005,5,41
2,2025-03-02,E0005,9,42
3,2025-03-03,NOBODY,4,43
4,=cmd(),E0006,3,44
"""
PEOPLE = b"""key,name,hired,boss
E0005,Ann Archer,2020-01-01,
X1,Zoe Quist,2024-05-01,E0005
,No Key,2024-05-01,
"""
PEOPLE_MAPPING = """
kind = "people"
complete = false

[key]
namespace = "hr:id"

[columns]
key = "key"
display_name = "name"
hire_date = "hired"
manager = "boss"
"""
EVENTS = """... on EventImportReport { loadId read rejected repeated refused unmappedColumns unknown
  kinds { kind accepted superseding unchanged duplicates skipped rejected first last }
  rejectedRows { file row column value reason } rejectedByReason { reason count } unknownEmployees { namespace key rows } }"""
PEOPLE_REPORT = """... on PeopleImportReport { created changed ended unchanged conflicting rejected unmappedColumns
    changes { outcome key name facts { fact before after since } } proposals { row key name known knownName shared }
  rejectedRows { row column value reason } }"""
ALL = f"""id state file problem canBeUndone undoneRows rejectedUrl
  plan {{ __typename {EVENTS} {PEOPLE_REPORT} }} applied {{ __typename {EVENTS} {PEOPLE_REPORT} }}"""
CREATE = f"""mutation ($input: CreateImportInput!) {{ createImport(input: $input) {{
  import {{ {ALL} }} userErrors {{ code message }} }} }}"""
APPLY = (
    f"mutation ($id: ID!) {{ applyImport(input: {{importId: $id}}) {{ import {{ {ALL} }} userErrors {{ code }} }} }}"
)
UNDO = f"mutation ($id: ID!) {{ undoImport(input: {{importId: $id}}) {{ import {{ {ALL} }} userErrors {{ code }} }} }}"
READ = f"query ($id: ID!) {{ import(id: $id) {{ {ALL} }} node(id: $id) {{ ... on Import {{ state }} }} }}"
LIST = "{ imports(first: 10) { totalCount nodes { id } edges { cursor } } }"
SERVICES = {
    "shop": ServiceScope.IMPORT_EVENTS,
    "hris": ServiceScope.IMPORT_PEOPLE,
    "reader": ServiceScope.READ_SECTIONS,
}


@dataclass(slots=True)
class Importing:
    company: Company
    client: TestClient
    clock: list[datetime]
    tokens: dict[str, str] = field(default_factory=dict)

    def headers(self, who: str) -> dict[str, str]:
        if who not in self.tokens:
            self.tokens[who] = self._token(who)
        return {"authorization": f"Bearer {self.tokens[who]}"}

    def _token(self, who: str) -> str:
        if who not in SERVICES:
            return self.company.token(who)
        roles = service(SERVICES[who]).roles
        return create_token(
            self.company.deployment,
            name=who,
            employee=None,
            roles=roles,
            scopes=frozenset({SERVICES[who]}),
            expires_at=None,
            at=AT,
        )

    def send(self, who: str, content: bytes, name: str = "ratings.csv", **headers: str) -> Any:
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        return self.client.post(f"/uploads?name={name}", content=content, headers=self.headers(who) | named)

    def ask(self, who: str, query: str, **variables: Any) -> Any:
        body = {"query": query, "variables": variables}
        return self.client.post("/graphql", json=body, headers=self.headers(who)).json()

    def create(self, who: str, upload: str, **options: Any) -> Any:
        wanted = {"uploadId": upload, "adapter": "csv", "source": "desk", "mapping": MAPPING, **options}
        return self.ask(who, CREATE, input=wanted)

    def planned(self, who: str = "Hal Novak", content: bytes = RATINGS, **options: Any) -> Any:
        sent = self.send(who, content)
        assert sent.status_code == 201, sent.text
        created = self.create(who, sent.json()["id"], **options)["data"]["createImport"]
        assert created["userErrors"] == []
        assert created["import"]["state"] == "PLANNING"
        self.work()
        return self.ask(who, READ, id=created["import"]["id"])["data"]["import"]

    def work(self) -> int:
        return Worker(self.company.deployment, lambda: self.clock[0]).run_once()

    def rows(self) -> int:
        loads = self.company.deployment.events.loads()
        return sum(counts.accepted for load in loads for counts in load.counts.values())
