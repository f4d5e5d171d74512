"""The keys of a policy document: type and range of each, what it means, and where its default comes from.

One table serves the reader, the JSON Schema, `appraise policy show` and the documentation.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from appraise.domain.identifiers import IndicatorKey
from appraise.domain.indicators import ATTRITION, LIFETIME_VALUE, REPEAT_PURCHASE, SATISFACTION
from appraise.domain.policies import Attribution, RatingRule, Relation, WatchLists

LONGEST_DAYS: Final = 3660
"""Ten years: a longer window is a slip of the pen."""

Shape = Mapping[str, Any]
"""A fragment of JSON Schema."""

_DAYS: Final[Shape] = {"type": "integer", "minimum": 1, "maximum": LONGEST_DAYS}
_SHARE: Final[Shape] = {"type": "number", "minimum": 0, "maximum": 1}

_ADAMS: Final = "Adams et al. 2010, N Engl J Med 362:1014, and NCQA's convention"
_CHOICE: Final = "a choice, no paper's figure"
_MULTIPLE_MEMBERSHIP: Final = (
    "shared credit as multiple membership: Browne, Goldstein & Rasbash 2001, Statistical Modelling 1:103"
)


@dataclass(frozen=True, slots=True)
class Key:
    """`source` is where the default comes from; `source_of` says it where indicators differ.

    `only` are the indicators that have the key, empty where all have it.
    """

    name: str
    shape: Shape
    meaning: str
    source: str
    source_of: Mapping[IndicatorKey, str] = field(default_factory=dict)
    only: tuple[IndicatorKey, ...] = ()


OF_THE_POLICY: Final[tuple[Key, ...]] = (
    Key(
        "version",
        {"type": "integer", "minimum": 1, "maximum": 1_000_000},
        "the organisation's own count of its policies",
        "raise it with every change",
    ),
    Key(
        "attributable_share",
        {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
        "share of the variance between employees that is taken to be their own",
        "a choice, no paper's figure: .5 to .7 until it was tested how customers are routed; 1 only with a reason",
    ),
    Key("publish_reliability", _SHARE, "reliability below which no estimate is published", _ADAMS),
    Key("consequence_reliability", _SHARE, "reliability below which an estimate may be read and not used", _ADAMS),
    Key(
        "annual_discount",
        {"type": "number", "minimum": 0, "maximum": 1},
        "yearly rate at which later money is worth less",
        f"{_CHOICE}: put your own cost of capital; Fader, Hardie & Lee 2005, J Marketing Res 42:415, use .15",
    ),
    Key(
        "ownership_grace_days",
        {"type": "integer", "minimum": 0, "maximum": LONGEST_DAYS},
        "days after inheriting an account in which its loss is nobody's",
        f"{_CHOICE}: a quarter of notice and renewal",
    ),
    Key(
        "minimum_observed_weight",
        _SHARE,
        "share of the weight that must be observed before indicators are put together",
        "half: what is missing is neither imputed nor weighed away",
    ),
    Key(
        "minimum_customers",
        {"type": "integer", "minimum": 0, "maximum": 1_000_000},
        "different customers below which an estimate is withheld, to protect them; 0 withholds none",
        f"{_CHOICE}; agree on it with the data protection officer",
    ),
    Key(
        "minimum_group",
        {"type": "integer", "minimum": 5, "maximum": 1_000},
        "employees below which no figure of a group is shown, nor what would give it away by subtraction",
        f"{_CHOICE}; five is the usual least: Hundepool et al. 2012, Statistical Disclosure Control, chapter 4",
    ),
    Key(
        "minimum_known",
        _SHARE,
        "share of the records naming an employee that must name a known one, before anything is scored",
        f"{_CHOICE}: half; below it the people data miss those who served",
    ),
    Key(
        "minimum_linkable",
        _SHARE,
        "share of the records to be joined that are of customers with a key, before what joins sources is scored",
        f"{_CHOICE}: half; below it most customers seem never to come back",
    ),
    Key(
        "rating_rule",
        {"type": "string", "enum": [rule.value for rule in RatingRule]},
        "what makes levels 1 to 5: probability, or how many standard errors from the average as SAS EVAAS",
        "a choice: probability says no more than the verdict; EVAAS: levels of Tennessee's teachers, tvaas.sas.com",
    ),
    Key(
        "margin",
        {"type": "number", "minimum": 0, "maximum": 3},
        "smallest difference from the average that is worth a 5 or a 1, in sds between employees",
        "half an sd, as a usual minimum important difference: Norman, Sloan & Wyrwich 2003, Medical Care 41:582",
    ),
    Key(
        "level_certainty",
        {"type": "number", "exclusiveMinimum": 0.5, "maximum": 0.999},
        "probability from which a level other than 3 is given; under .95 it loosens 5 and 1 alone",
        "as sure as the verdict, which goes by the 90 % interval",
    ),
    Key(
        "rank_width",
        _SHARE,
        "a rank is told only where its 90 % interval is narrower than this share of the list, otherwise a tier",
        f"{_CHOICE}: a quarter of the list; 0 tells none",
    ),
    Key(
        "false_discovery_rate",
        {"type": "number", "exclusiveMinimum": 0, "maximum": 0.5},
        "expected share of those flagged as different from expected who lie on the other side",
        "a usual rate; flags by Newton et al. 2004, Biostatistics 5:155",
    ),
    Key(
        "watch_lists",
        {"type": "string", "enum": [kind.value for kind in WatchLists]},
        "of whom executives may keep thresholds on their watch-lists: of groups, or of single employees as well",
        f"{_CHOICE}: groups; agree on individuals with the works council",
    ),
)

OF_AN_INDICATOR: Final[tuple[Key, ...]] = (
    Key(
        "attribution",
        {"type": "string", "enum": [rule.value for rule in Attribution]},
        "how credit for one outcome is shared; never by the outcome itself",
        _MULTIPLE_MEMBERSHIP,
        {
            SATISFACTION: "an answer is about the contact that it was asked after",
            ATTRITION: "exposure by days owned; dated links as in Karl, Yang & Lohr 2013, Comput Stat Data Anal 59:13",
        },
    ),
    Key(
        "case_mix",
        {"type": "array", "items": {"type": "string", "minLength": 1}, "uniqueItems": True},
        "what the case was before the employee touched it, the coarsest first",
        "observed over expected by strata, nested in this order",
        {SATISFACTION: "within employees, as HCAHPS: Elliott et al. 2009, Health Serv Res 44:501"},
    ),
    Key(
        "minimum_events",
        {"type": "integer", "minimum": 0, "maximum": 1_000_000},
        "evidence below which nothing is published: answers, or expected events",
        "the floor: 5 expected events",
        {SATISFACTION: "the floor: 10 answers"},
    ),
    Key(
        "weight",
        _SHARE,
        "weight in the section; all weights make 1",
        "equal until the organisation decides otherwise, before it sees the data",
    ),
    Key(
        "window_days",
        _DAYS,
        "touches older than this share no credit",
        _CHOICE,
        {
            SATISFACTION: f"{_CHOICE}; not read by direct attribution, nor by ownership",
            ATTRITION: f"{_CHOICE}; not read by ownership",
        },
    ),
    Key(
        "half_life_days",
        _DAYS,
        "age at which a touch counts half",
        f"{_CHOICE}; 7 to 30 days are usual",
        {
            SATISFACTION: f"{_CHOICE}; read by time decay alone",
            ATTRITION: f"{_CHOICE}; read by time decay alone",
        },
    ),
    Key(
        "horizon_days",
        _DAYS,
        "how long after a contact an outcome still counts",
        _CHOICE,
        {
            SATISFACTION: "not read: an answer belongs to its contact",
            ATTRITION: "not read: a customer counts while owned, or within the window",
            REPEAT_PURCHASE: "a choice, no paper's figure; a later contact of the customer ends it earlier",
            LIFETIME_VALUE: "a choice, no paper's figure: money seen in that time, and none that a model foretells",
        },
    ),
    Key(
        "relation",
        {"type": "string", "enum": [relation.value for relation in Relation]},
        "what it is to lose a customer: a subscription ends, a buyer stays away, or by customer whichever fits",
        "who has a subscription is judged by that alone; a buyer, by silence since the last purchase in the data",
        only=(ATTRITION,),
    ),
    Key(
        "inactive_after_days",
        _DAYS,
        "days without a purchase after which a buyer may be lost; longer where 95 % of the segment's gaps are longer",
        f"{_CHOICE}: a quarter; each run says what half and twice of it would change",
        only=(ATTRITION,),
    ),
    Key(
        "winsor_quantile",
        {"type": "number", "minimum": 0.9, "maximum": 1},
        "quantile at which the money after contacts foretold alike is capped; 1 caps none",
        "no cap: at .995 the reference simulation lost coverage (.933 for .954) and won no accuracy",
        only=(LIFETIME_VALUE,),
    ),
    Key(
        "minimum_response",
        {"type": "number", "minimum": 0, "maximum": 1},
        "share of an employee's contacts after which customers must have answered; 0 asks for none",
        f"{_CHOICE}: contacts are counted, as few exports say who was asked; lower it where few of them are asked",
        only=(SATISFACTION,),
    ),
    Key(
        "response_ratio",
        {"type": "number", "minimum": 0, "maximum": 1},
        "nobody is told of whose customers surely answer less than this times, or more than its inverse times, as often"
        " as colleagues'; 0 asks for nothing",
        "surely: outside the 99.8 % funnel with overdispersion (Spiegelhalter 2005, QSHC 14:347); how far is a choice",
        only=(SATISFACTION,),
    ),
)


def keys_of(indicator: IndicatorKey) -> tuple[Key, ...]:
    return tuple(key for key in OF_AN_INDICATOR if not key.only or indicator in key.only)


def expectation(shape: Shape) -> str:
    """What a value of that shape is, for somebody who wrote another."""
    match shape["type"]:
        case "string":
            return "one of: " + ", ".join(shape["enum"])
        case "array":
            return 'a list of different texts, e.g. ["channel", "topic"]'
        case kind:
            number = "a whole number" if kind == "integer" else "a number"
            lowest = f"above {shape['exclusiveMinimum']}" if "exclusiveMinimum" in shape else f"{shape['minimum']}"
            join = ", at most" if "exclusiveMinimum" in shape else " to"
            return f"{number}, {lowest}{join} {shape['maximum']}"


def fits(value: Any, shape: Shape) -> bool:
    match shape["type"]:
        case "string":
            return isinstance(value, str) and value in shape["enum"]
        case "array":
            return (
                isinstance(value, list)
                and all(isinstance(one, str) and one for one in value)
                and len(set(value)) == len(value)
            )
        case kind:
            numbers = int if kind == "integer" else int | float
            if isinstance(value, bool) or not isinstance(value, numbers):
                return False
            above = value > shape.get("exclusiveMinimum", -math.inf)
            return bool(above and shape.get("minimum", -math.inf) <= value <= shape["maximum"])
