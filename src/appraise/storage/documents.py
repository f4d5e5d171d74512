"""How values lie in JSON columns: decimals as text, days as ISO 8601, pairs as lists, so that nothing is rounded."""

import hashlib
import json
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from appraise.domain.events import EventKind
from appraise.domain.identifiers import IndicatorKey
from appraise.domain.in_place import FileRead, Form, InPlace, Location, State
from appraise.domain.policies import Policy
from appraise.domain.policy_documents import document_of
from appraise.domain.scorecards import Coverage, Evidence, Flags, Manifest, RunSummary, Working


def canonical(document: Any) -> str:
    """One text for equal documents, for hashing."""
    return json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)


def digest(document: Any) -> str:
    return hashlib.sha256(canonical(document).encode()).hexdigest()


def evidence_document(evidence: Evidence) -> dict[str, Any]:
    expected = evidence.expected_events
    return {
        "events": evidence.events,
        "customers": evidence.customers,
        "effective": str(evidence.effective),
        "expected_events": None if expected is None else str(expected),
        "left_out": [list(pair) for pair in evidence.left_out],
        "credit": None if evidence.credit is None else str(evidence.credit),
    }


def evidence_from(document: dict[str, Any]) -> Evidence:
    expected, credit = document["expected_events"], document.get("credit")
    return Evidence(
        events=document["events"],
        customers=document["customers"],
        effective=Decimal(document["effective"]),
        expected_events=None if expected is None else Decimal(expected),
        left_out=tuple((reason, count) for reason, count in document["left_out"]),
        credit=None if credit is None else Decimal(credit),
    )


def working_document(working: Working) -> dict[str, Any]:
    return {
        "raw": str(working.raw),
        "case_mix": [[factor, str(effect)] for factor, effect in working.case_mix],
        "shrinkage": str(working.shrinkage),
        "score": str(working.score),
        "attributable_share": str(working.attributable_share),
        "notes": [list(note) for note in working.notes],
    }


def working_from(document: dict[str, Any]) -> Working:
    return Working(
        raw=Decimal(document["raw"]),
        case_mix=tuple((factor, Decimal(effect)) for factor, effect in document["case_mix"]),
        shrinkage=Decimal(document["shrinkage"]),
        score=Decimal(document["score"]),
        attributable_share=Decimal(document["attributable_share"]),
        notes=tuple((name, value) for name, value in document["notes"]),
    )


def manifest_document(manifest: Manifest) -> dict[str, Any]:
    return {
        "code_version": manifest.code_version,
        "policy_hash": manifest.policy_hash,
        "people_hash": manifest.people_hash,
        "event_versions": [list(pair) for pair in manifest.event_versions],
        "cycle_start": manifest.cycle_start.isoformat(),
        "cycle_end": None if manifest.cycle_end is None else manifest.cycle_end.isoformat(),
        "data_as_of": manifest.data_as_of.isoformat(),
        "policy_warnings": list(manifest.policy_warnings),
        "seed": manifest.seed,
        "indicators": [list(pair) for pair in manifest.indicators],
        "software": [list(pair) for pair in manifest.software],
        "in_place": [asdict(one) for one in manifest.in_place],
        "rates_hash": manifest.rates_hash,
    }


def manifest_from(document: dict[str, Any]) -> Manifest:
    end = document["cycle_end"]
    return Manifest(
        code_version=document["code_version"],
        policy_hash=document["policy_hash"],
        people_hash=document["people_hash"],
        event_versions=tuple((kind, version) for kind, version in document["event_versions"]),
        cycle_start=date.fromisoformat(document["cycle_start"]),
        cycle_end=None if end is None else date.fromisoformat(end),
        data_as_of=date.fromisoformat(document["data_as_of"]),
        policy_warnings=tuple(document["policy_warnings"]),
        seed=document["seed"],
        indicators=tuple((key, package) for key, package in document["indicators"]),
        software=tuple((name, version) for name, version in document["software"]),
        in_place=tuple(map(_in_place_from, document.get("in_place", ()))),
        rates_hash=document.get("rates_hash"),  # runs of before there were rates
    )


def _in_place_from(document: dict[str, Any]) -> InPlace:
    state = document["state"]
    return InPlace(
        source=document["source"],
        kind=EventKind(document["kind"]),
        location=Location(Form(document["location"]["form"]), document["location"]["address"]),
        mapping=document["mapping"],
        state=State(state["version"], tuple(FileRead(**file) for file in state["files"]), state["snapshot"]),
        rows=document["rows"],
        taken=document["taken"],
        left_out=tuple((reason, count) for reason, count in document["left_out"]),
        checksum=document["checksum"],
    )


def coverage_document(coverage: tuple[Coverage, ...]) -> list[dict[str, Any]]:
    return [
        {
            "indicator": part.indicator,
            "total": str(part.total),
            "attributed": str(part.attributed),
            "why": [[reason, str(share)] for reason, share in part.why],
            "notes": list(part.notes),
        }
        for part in coverage
    ]


def coverage_from(document: list[dict[str, Any]]) -> tuple[Coverage, ...]:
    return tuple(
        Coverage(
            IndicatorKey(part["indicator"]),
            Decimal(part["total"]),
            Decimal(part["attributed"]),
            tuple((reason, Decimal(share)) for reason, share in part["why"]),
            tuple(part.get("notes", ())),
        )
        for part in document
    )


def summary_document(summary: RunSummary) -> dict[str, Any]:
    return {
        "attributable_share": str(summary.attributable_share),
        "flags": [
            {
                "indicator": flags.indicator,
                "judged": flags.judged,
                "better": flags.better,
                "worse": flags.worse,
                "expected_wrong": str(flags.expected_wrong),
            }
            for flags in summary.flags
        ],
    }


def summary_from(document: dict[str, Any]) -> RunSummary:
    return RunSummary(
        Decimal(document["attributable_share"]),
        tuple(
            Flags(
                IndicatorKey(flags["indicator"]),
                flags["judged"],
                flags["better"],
                flags["worse"],
                Decimal(flags["expected_wrong"]),
            )
            for flags in document["flags"]
        ),
    )


def policy_document(policy: Policy) -> dict[str, Any]:
    """What the policy's hash is over."""
    return document_of(policy).as_json()
