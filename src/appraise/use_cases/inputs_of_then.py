"""What a stored run was computed from, as far as it is still there, beside what there is now."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from appraise.domain.exchange_rates import ExchangeRates
from appraise.domain.identifiers import EmployeeId, IndicatorKey
from appraise.domain.people import PeopleSnapshot
from appraise.domain.people_documents import PeopleDocuments, people_of
from appraise.domain.policies import Policy
from appraise.domain.policy_documents import from_json
from appraise.domain.profiles import Profile
from appraise.domain.reading import ScoringRun
from appraise.domain.scorecards import Manifest
from appraise.errors import InvalidInput
from appraise.events.engine import engine_name
from appraise.scoring.installed import installed
from appraise.scoring.software import software
from appraise.storage import cycles, exchange_rates, people_snapshots
from appraise.storage.database import Session
from appraise.storage.documents import digest
from appraise.use_cases.deployment import Deployment


class State(StrEnum):
    SAME = "same"
    DIFFERENT = "different"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Input:
    """`says` is one line for people: what it was, or what is otherwise."""

    name: str
    state: State
    says: str


@dataclass(frozen=True, slots=True)
class Then:
    """`policy` and `people` are None where they cannot be had any more.

    `left_out` are indicators whose package is not installed: the policy here is without them, and `reweighed` where
    they carried weight. Of `erased` employees nothing is known any more.
    """

    inputs: tuple[Input, ...]
    policy: Policy | None
    people: PeopleSnapshot | None
    rates: ExchangeRates | None
    left_out: tuple[IndicatorKey, ...]
    reweighed: bool
    erased: tuple[EmployeeId, ...]

    @property
    def complete(self) -> bool:
        """Whether anything can be computed from it."""
        return all(one.state is not State.GONE for one in self.inputs)


def inputs_of_then(
    deployment: Deployment, session: Session, run: ScoringRun, manifest: Manifest, *, missing: Sequence[str]
) -> Then:
    """`missing` says which events are not there any more."""
    events = _events(manifest, missing)
    rules, policy = _policy(session, run, manifest)
    documents = people_snapshots.of(session, manifest.people_hash)
    rates = exchange_rates.named(session, manifest)
    packages, left_out = _packages(manifest, policy)
    now = (("appraise", deployment.code_version), *software(engine_name(deployment.engine)))
    then = (("appraise", manifest.code_version), *manifest.software)
    told = (events, rules, _people(documents, manifest), *_rates(rates, manifest))
    inputs = (*told, packages, _software(then, now))
    reweighed = policy is not None and any(policy.weighs(key) for key in left_out)
    return Then(
        inputs,
        None if policy is None else _without(policy, left_out),
        None if documents is None else people_of(documents),
        rates,
        left_out,
        reweighed,
        () if documents is None else documents.erased,
    )


def _events(manifest: Manifest, missing: Sequence[str]) -> Input:
    if missing:
        return Input("events", State.GONE, "; ".join(missing))
    in_place = [f"{one.name} in place, {one.state}" for one in manifest.in_place]
    return Input("events", State.SAME, ", ".join([_pairs(manifest.event_versions), *in_place]))


def _policy(session: Session, run: ScoringRun, manifest: Manifest) -> tuple[Input, Policy | None]:
    document = cycles.policy_document_of(session, run.id)
    try:
        policy = from_json(document).policy()
    except InvalidInput as error:
        return Input("policy", State.GONE, f"this version of Appraise cannot read it: {error.found}"), None
    if digest(document) != manifest.policy_hash:
        return Input("policy", State.DIFFERENT, "the stored document is not the one that the manifest names"), policy
    return Input("policy", State.SAME, manifest.policy_hash[:12]), policy


def _people(documents: PeopleDocuments | None, manifest: Manifest) -> Input:
    if documents is None:
        return Input("people", State.GONE, "they were not kept with the run")
    total = len(documents.hashes)
    if documents.hash != manifest.people_hash:
        return Input("people", State.DIFFERENT, "the stored index is not the one that the manifest names")
    if documents.changed:
        return Input("people", State.DIFFERENT, f"of {total:,}, {len(documents.changed):,} are not as the index says")
    if documents.erased:
        says = f"of {total:,}, {len(documents.erased):,} were erased since; figures of the others rested on theirs too"
        return Input("people", State.DIFFERENT, says)
    return Input("people", State.SAME, f"{total:,}, {manifest.people_hash[:12]}")


def _rates(rates: ExchangeRates | None, manifest: Manifest) -> tuple[Input, ...]:
    """Nothing of a run without."""
    if manifest.rates_hash is None:
        return ()
    if rates is None:
        return (Input("exchange rates", State.GONE, "those that the manifest names were not kept"),)
    if rates.hash != manifest.rates_hash:
        return (Input("exchange rates", State.DIFFERENT, "the stored ones are not those that the manifest names"),)
    return (Input("exchange rates", State.SAME, f"to {rates.reporting}, {rates.hash[:12]}"),)


def _packages(manifest: Manifest, policy: Policy | None) -> tuple[Input, tuple[IndicatorKey, ...]]:
    known: Mapping[IndicatorKey, str] = installed().packages
    named = dict(manifest.indicators)
    wanted = [IndicatorKey(key) for key in named] if policy is None else [key for key, _ in policy.indicators]
    then = {key: named.get(key, "a package that is not recorded") for key in wanted}
    left_out = tuple(key for key in then if key not in known)
    says = [f"{key} is not installed, it was from {then[key]}" for key in left_out]
    says += [
        f"{key} from {package}, now {known[key]}" for key, package in then.items() if known.get(key, package) != package
    ]
    if says:
        state = State.GONE if len(left_out) == len(then) else State.DIFFERENT
        return Input("indicators", state, "; ".join(says)), left_out
    return Input("indicators", State.SAME, ", ".join(then)), left_out


def _software(then: Iterable[tuple[str, str]], now: Iterable[tuple[str, str]]) -> Input:
    before, after = dict(then), dict(now)
    others = [
        f"{name} {before.get(name, 'not recorded')}, now {after.get(name, 'not there')}"
        for name in {**before, **after}
        if before.get(name) != after.get(name)
    ]
    if others:
        return Input("software", State.DIFFERENT, "; ".join(others))
    return Input("software", State.SAME, _pairs(before.items()))


def _without(policy: Policy, left_out: Container[IndicatorKey]) -> Policy | None:
    """The other indicators with their weights made 1; no indicator's own figures depend on a weight."""
    kept = [(key, rules) for key, rules in policy.indicators if key not in left_out]
    total = sum(rules.weight for _, rules in kept)
    if len(kept) == len(policy.indicators):
        return policy
    if not kept:
        return None
    if not total:
        kept, total = [(key, replace(rules, weight=1.0)) for key, rules in kept], len(kept)
    indicators = tuple((key, replace(rules, weight=rules.weight / total)) for key, rules in kept)
    general = tuple((key, rules.weight) for key, rules in indicators)
    profiles = tuple(_remaining(profile, left_out, general) for profile in policy.profiles)
    return replace(policy, indicators=indicators, profiles=profiles)


def _remaining(
    profile: Profile, left_out: Container[IndicatorKey], general: tuple[tuple[IndicatorKey, float], ...]
) -> Profile:
    """`general` weights where nothing that the profile weighs is left."""
    kept = [(key, weight) for key, weight in profile.weights if key not in left_out]
    total = sum(weight for _, weight in kept)
    return replace(profile, weights=tuple((key, weight / total) for key, weight in kept) if total else general)


def _pairs(pairs: Iterable[tuple[str, object]]) -> str:
    return ", ".join(f"{name} {value}" for name, value in pairs)
