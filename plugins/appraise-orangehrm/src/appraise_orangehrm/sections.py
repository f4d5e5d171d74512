"""Final sections as the supervisor's rating of a KPI in OrangeHRM's performance reviews."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar, Final

from appraise.adapters.contract import Verification
from appraise.adapters.host_http import HostHttp
from appraise.adapters.section_texts import fitting
from appraise.adapters.sinks import (
    HostEntry,
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
from appraise_orangehrm.access import OrangeHttp

REVIEWS: Final = "/api/v2/performance/manage/reviews"
KPI: Final = "Customer service (appraise)"
LONGEST: Final = 2_000
"""Characters of a comment."""
LATEST: Final = timedelta(days=366)
"""After its period in which a review is due."""


class OrangeHost:
    def __init__(self, http: OrangeHttp, options: SinkOptions) -> None:
        self._http, self._options = http, options

    def plan(self, section: FinishedSection) -> HostEntry:
        employee = employee_id(section, self._options, OrangeSink.declaration)
        review = self._review(section, employee)
        title = self._options.settings.get("kpi", KPI)
        kpi = next((one for one in self._evaluation(review)["meta"]["kpis"] if one["title"] == title), None)
        if kpi is None:
            raise PlaceLost(
                f"the review {review} has no KPI {title!r}: it is made for the job title before reviews are activated"
            )
        scale = HostScale.between(Decimal(str(kpi["minRating"])), Decimal(str(kpi["maxRating"])))
        total = WrittenTotal.of(section, scale)
        return HostEntry(
            section.id,
            section.revision,
            f"KPI {title!r} of review {review}",
            {"rating": None if total is None else number_text(total.value), "comment": _comment(section)},
            total,
            {"review": str(review), "kpi": str(kpi["id"])},
        )

    def read(self, entry: HostEntry) -> Values:
        for one in self._evaluation(int(entry.key["review"]))["data"]:
            if str(one["kpi"]["id"]) == entry.key["kpi"]:
                return {"rating": number_text(one["rating"]), "comment": one["comment"] or None}
        return dict.fromkeys(entry.fields)

    def write(self, entry: HostEntry) -> None:
        rating = entry.fields["rating"]
        # Exactly these three keys, or the host refuses; its own check of the range cuts fractions off.
        item = {
            "kpiId": int(entry.key["kpi"]),
            "rating": None if rating is None else float(rating),
            "comment": entry.fields["comment"],
        }
        self._http.call("PUT", _evaluation_path(int(entry.key["review"])), body={"ratings": [item]})

    def _review(self, section: FinishedSection, employee: str) -> int:
        """The review whose own period is the section's; OrangeHRM lists reviews by the day on which they are due."""
        last = (section.period.end or section.period.start) + LATEST
        params = {"fromDate": section.period.start.isoformat(), "toDate": last.isoformat(), "limit": "0"}
        params |= {"empNumber": employee, "includeEmployees": "currentAndPast"}
        listed = self._http.call("GET", REVIEWS, params=params)["data"]
        reviews = [one for one in listed if section.period.is_about(*_days(one))]
        if len(reviews) != 1:
            raise PlaceLost(f"employee {employee} has {len(reviews)} reviews of {section.period}; one is needed")
        return int(reviews[0]["id"])

    def _evaluation(self, review: int) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self._http.call("GET", _evaluation_path(review), params={"limit": "0"})
        return found


def _evaluation_path(review: int) -> str:
    return f"/api/v2/performance/reviews/{review}/evaluation/supervisor"


def _days(review: Mapping[str, Any]) -> tuple[date, date]:
    return date.fromisoformat(review["reviewPeriodStart"]), date.fromisoformat(review["reviewPeriodEnd"])


def _comment(section: FinishedSection) -> str:
    """The host's audit names whoever authorised us; the comment says whose words these are."""
    total = "" if section.total_shown is None else f", total {section.total_shown} of 5"
    begun = f"Appraise: {section.status}{total}; "
    return begun + fitting(section, LONGEST - len(begun))


class OrangeSink:
    declaration: ClassVar[SinkDeclaration] = SinkDeclaration(
        name="orangehrm",
        title="OrangeHRM: the supervisor's rating of a KPI",
        version="5, read in its source code, its tokens in the vendor's documents; tried on a host of our own",
        verification=Verification.SECOND_HAND,
        writes=(Writes.TOTAL, Writes.ITEMS, Writes.COMMENTS, Writes.STATUS, Writes.RECEIPT),
        employee="orangehrm:emp-number",
        scale="That of the KPI, in whole numbers: 0 to 100 is recommended.",
        settings={
            "client_id": "The id of the OAuth client that is registered in OrangeHRM, without a secret; needed.",
            "kpi": f"Title of the KPI; {KPI} where not given.",
        },
        limits=(
            "The KPI must be there for the job title before reviews are activated.",
            "Completed reviews and reviews of terminated employees take no rating; the final rating stays HR's.",
            "Earlier versions 5 take no empty rating for a KPI from 1 on: an absence is rejected there.",
            "OrangeHRM has no tokens for programs: an administrator allows Appraise once, and it comes as them.",
            "The secret is a refresh token, which each use changes: its file must be Appraise's to write, of one host.",
        ),
    )

    @contextmanager
    def open(self, options: SinkOptions) -> Iterator[OrangeHost]:
        if options.renew is None or not options.settings.get("client_id"):
            raise InvalidInput(
                f"the host {options.name} lacks its client or its secret",
                expected="settings.client_id, and a secret_file with a refresh token, which may be written",
            )
        with HostHttp(options, {}) as http:
            yield OrangeHost(OrangeHttp(http, options), options)


sink = OrangeSink()
