"""Final sections as Goals of Frappe HR: without its kit, in cycles that are rated by the progress of goals."""

import html
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar, Final

import orjson

from appraise.adapters.contract import Verification
from appraise.adapters.host_http import HostHttp, segment
from appraise.adapters.section_texts import receipt
from appraise.adapters.sinks import (
    HostEntry,
    HostRefused,
    PlaceLost,
    SinkDeclaration,
    SinkOptions,
    Writes,
    employee_id,
    number_text,
)
from appraise.domain.finished_sections import FinishedSection, WrittenTotal
from appraise.domain.host_scale import HostScale
from appraise.domain.write_back import Values
from appraise.errors import InvalidInput
from appraise_frappe.cycles import SETTING, check_cycle, cycle_of
from appraise_frappe.saving import save

GOAL: Final = "/api/resource/Goal"
PERCENT: Final = HostScale.percent()


class FrappeGoals:
    def __init__(self, http: HostHttp, options: SinkOptions) -> None:
        self._http, self._options = http, options
        self._read = dict[str, Mapping[str, Any] | None]()

    def plan(self, section: FinishedSection) -> HostEntry:
        total = WrittenTotal.of(section, PERCENT)
        if total is None:
            raise HostRefused(f"{section.status}: a goal always has a number, and its KRA would count it as 0")
        employee = employee_id(section, self._options, FrappeGoalSink.declaration)
        settings = self._options.settings
        cycle = cycle_of(section, self._options)
        name = settings.get("goal", "Customer service")
        return HostEntry(
            section.id,
            section.revision,
            f"Goal {name!r} of {employee} in {cycle}",
            {"progress": number_text(total.value), "description": _description(section)},
            total,
            {
                "employee": employee,
                "appraisal_cycle": cycle,
                "goal_name": name,
                "kra": settings["kra"],
                "start_date": section.period.start.isoformat(),
            },
        )

    def read(self, entry: HostEntry) -> Values:
        goal = self._read[entry.section] = self._goal(entry)
        if goal is None:
            return dict.fromkeys(entry.fields)
        return {"progress": number_text(goal["progress"]), "description": _plain(goal.get("description") or "")}

    def write(self, entry: HostEntry) -> None:
        goal = self._read[entry.section]
        lines = (entry.fields["description"] or "").split("\n")
        values = {
            "progress": float(entry.fields["progress"] or ""),
            "description": "".join(f"<p>{html.escape(line)}</p>" for line in lines),
        }
        if goal is None:
            self._http.call("POST", GOAL, body={**entry.key, **values})
        else:
            save(self._http, f"{GOAL}/{segment(goal['name'])}", {**values, "modified": goal["modified"]})

    def _goal(self, entry: HostEntry) -> Mapping[str, Any] | None:
        wanted = [[name, "=", entry.key[name]] for name in ("employee", "appraisal_cycle", "goal_name")]
        params = {
            "filters": orjson.dumps(wanted).decode(),
            "fields": '["name","progress","description","modified"]',
            "limit_page_length": "2",
        }
        goals = self._http.get(GOAL, params)["data"]
        if len(goals) > 1:
            raise PlaceLost(f"there are several goals {entry.key['goal_name']!r}: delete all but one")
        return goals[0] if goals else None


def _description(section: FinishedSection) -> str:
    """What stands behind the number, one line each, as a person reads it."""
    lines = [f"Total {section.total_shown} of 5 ({section.observed_weight:.0%} of the weight observed)"]
    for item in section.items:
        said = f"rated {item.rating} of 5" if item.rating is not None else "not rated"
        why = "" if item.absence is None else f", {item.absence.kind.value}: {item.absence.reason}"
        comment = "" if item.comment is None else f". {' '.join(item.comment.split())}"
        lines.append(f"{item.title}: {said}{why}{comment}")
    return "\n".join([*lines, receipt(section)])


def _plain(text: str) -> str | None:
    """The lines of a description without their markup, however the host's editor has wrapped them."""
    lines = re.sub(r"</p>|<br ?/?>", "\n", text)
    return html.unescape(re.sub(r"<[^>]*>", "", lines)).strip() or None


class FrappeGoalSink:
    declaration: ClassVar[SinkDeclaration] = SinkDeclaration(
        name="frappe-goal",
        title="Frappe HR: a Goal for each employee and cycle",
        version="hrms, read in its source code (80f17c9); tried on a host of our own that behaves so",
        verification=Verification.SECOND_HAND,
        writes=(Writes.TOTAL, Writes.ITEMS, Writes.COMMENTS, Writes.RECEIPT),
        employee="frappe:id",
        scale="0 to 100, as goals have it.",
        settings={
            "kra": "The KRA of the appraisal template that the goal counts under; needed.",
            "goal": "The goal's name; Customer service where not given.",
            "cycle": SETTING,
        },
        refuses_stale=True,
        limits=(
            "Counts only in cycles that are rated automatically by the progress of goals.",
            "A section without a total is rejected: a goal without a number does not exist there.",
            "Frappe HR saves nothing of employees who are not active, and nothing in completed cycles.",
        ),
    )

    @contextmanager
    def open(self, options: SinkOptions) -> Iterator[FrappeGoals]:
        check_cycle(options)
        if not options.settings.get("kra") or not options.secret:
            raise InvalidInput(
                f"the host {options.name} lacks its KRA or its secret",
                expected="settings.kra, and a secret_file with `api-key:api-secret`",
            )
        with HostHttp(options, {"authorization": f"token {options.secret}"}) as http:
            yield FrappeGoals(http, options)


sink = FrappeGoalSink()
