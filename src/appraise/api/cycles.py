"""Changing cycles. Verb first, one input, a payload with the cycle and what stood in the way."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Annotated, TypeVar

import strawberry

from appraise.api.context import RequestContext
from appraise.api.global_ids import Kind, key_of
from appraise.api.permissions import Permission, Requires
from appraise.api.repeating import RepeatableInput, repeatable
from appraise.api.types.cycles import CycleType
from appraise.api.types.people import ExternalReferenceInput
from appraise.api.types.readiness import CycleStateValue
from appraise.api.user_errors import UserError, user_error
from appraise.domain.cycle_steps import wrong_rules
from appraise.domain.cycles import Cycle, CycleRules, CycleState
from appraise.domain.employees import ExternalReference
from appraise.domain.host_scale import HostScale
from appraise.domain.identifiers import CycleId
from appraise.domain.periods import Period
from appraise.domain.sections import Refusal
from appraise.use_cases.advance_cycle import advance_cycle
from appraise.use_cases.cancel_cycle import cancel_cycle
from appraise.use_cases.move_cycle import move_cycle
from appraise.use_cases.open_cycle import NameTaken, open_cycle
from appraise.use_cases.read_cycles import get_cycle
from appraise.use_cases.set_cycle_rules import set_cycle_rules

P = TypeVar("P")


@strawberry.input(description="The HR system's scale.")
class HostScaleInput:
    lowest: Decimal = strawberry.field(description="The worst value, on the host's scale.")
    highest: Decimal = strawberry.field(description="The best value, on the host's scale.")
    step: Decimal = strawberry.field(
        description="Distance of two values, on the host's scale, which is a whole number of steps long."
    )


@strawberry.input(description="What holds for all sections of a cycle.")
class CycleRulesInput:
    calibrates: bool = strawberry.field(default=False, description="Whether sections pass through a session.")
    rate_by: date | None = strawberry.field(default=None, description="The day by which managers hand in.")
    response_days: int = strawberry.field(default=14, description="Number of days to answer, 1 to 45.")
    most_disputes: int = strawberry.field(default=2, description="Number of disputes against one revision, 0 to 5.")
    host_scale: HostScaleInput | None = strawberry.field(default=None, description="The HR system's scale.")
    dotted_parts: bool = strawberry.field(default=False, description="Whether dotted managers are asked for a part.")

    def rules(self) -> CycleRules:
        scale = self.host_scale
        return CycleRules(
            calibrates=self.calibrates,
            rate_by=self.rate_by,
            response_days=self.response_days,
            most_disputes=self.most_disputes,
            dotted_parts=self.dotted_parts,
            host_scale=None if scale is None else HostScale(scale.lowest, scale.highest, scale.step),
        )


@strawberry.input(description="A cycle that is announced.")
class PlanCycleInput(RepeatableInput):
    name: str = strawberry.field(description="A name of its own, that people will recognise.")
    start: date = strawberry.field(description="First day whose contacts count.")
    end: date = strawberry.field(description="First day whose contacts no longer count.")
    rules: CycleRulesInput | None = strawberry.field(default=None, description="The defaults where it is left out.")
    external_reference: ExternalReferenceInput | None = strawberry.field(
        default=None, description="The cycle's own id in the HR system, by which finished sections find it there."
    )


@strawberry.input(description="What every change of a cycle asks for.")
class CycleChangeInput(RepeatableInput):
    cycle_id: strawberry.ID = strawberry.field(description="The cycle.")
    expected_state: CycleStateValue = strawberry.field(
        description="The state that was read: a repeated request finds another one, and changes nothing."
    )


@strawberry.input(description="Takes a cycle to its next stage.")
class AdvanceCycleInput(CycleChangeInput):
    pass


@strawberry.input(description="Calls a cycle off.")
class CancelCycleInput(CycleChangeInput):
    reason: str = strawberry.field(description="Why; goes to the audit log.")


@strawberry.input(description="Gives a cycle other rules.")
class SetCycleRulesInput(CycleChangeInput):
    rules: CycleRulesInput = strawberry.field(description="All of them.")


@strawberry.input(description="Moves a cycle to other days.")
class MoveCycleInput(CycleChangeInput):
    start: date = strawberry.field(description="First day whose contacts count.")
    end: date = strawberry.field(description="First day whose contacts no longer count.")


@strawberry.type(description="What every change of a cycle gives.")
class CyclePayload:
    cycle: CycleType | None = strawberry.field(description="The cycle afterwards; null where nothing was changed.")
    user_errors: list[UserError] = strawberry.field(description="What stood in the way; empty where it is done.")


@strawberry.type(description="What came of planning a cycle.")
class PlanCyclePayload(CyclePayload):
    pass


@strawberry.type(description="What came of advancing it.")
class AdvanceCyclePayload(CyclePayload):
    pass


@strawberry.type(description="What came of cancelling it.")
class CancelCyclePayload(CyclePayload):
    pass


@strawberry.type(description="What came of moving it.")
class MoveCyclePayload(CyclePayload):
    pass


@strawberry.type(description="What came of setting its rules.")
class SetCycleRulesPayload(CyclePayload):
    pass


@strawberry.type
class CycleMutation:
    @strawberry.mutation(
        description="Announce a cycle. It is opened by `advanceCycle`.",
        extensions=[Requires(Permission.MANAGE_CYCLES)],
    )
    def plan_cycle(
        self,
        info: strawberry.Info,
        change: Annotated[PlanCycleInput, strawberry.argument(name="input", description="The cycle.")],
    ) -> PlanCyclePayload | None:
        context: RequestContext = info.context
        rules = CycleRules() if change.rules is None else change.rules.rules()
        reference = change.external_reference
        refusal = wrong_rules(rules)
        if refusal is not None:
            return _answered(PlanCyclePayload, refusal)
        try:
            made = repeatable(
                info,
                change,
                lambda deployment: open_cycle(
                    deployment,
                    change.name,
                    Period(change.start, change.end),
                    state=CycleState.PLANNED,
                    rules=rules,
                    reference=None if reference is None else ExternalReference(reference.namespace, reference.value),
                    by=context.principal,
                    at=context.at,
                ),
                again=_read_again(context),
            )
        except NameTaken:
            return _answered(
                PlanCyclePayload,
                Refusal("NAME_TAKEN", f"another cycle is called {change.name.strip()!r} already", "name"),
            )
        return _answered(PlanCyclePayload, made)

    @strawberry.mutation(
        description="Take a cycle to its next stage. Refused while sections of it stand in the way.",
        extensions=[Requires(Permission.MANAGE_CYCLES)],
    )
    def advance_cycle(
        self,
        info: strawberry.Info,
        change: Annotated[AdvanceCycleInput, strawberry.argument(name="input", description="Which cycle.")],
    ) -> AdvanceCyclePayload | None:
        return _changed(AdvanceCyclePayload, info, advance_cycle, change)

    @strawberry.mutation(
        description="Call a cycle off, before anything of it was shared.",
        extensions=[Requires(Permission.MANAGE_CYCLES)],
    )
    def cancel_cycle(
        self,
        info: strawberry.Info,
        change: Annotated[CancelCycleInput, strawberry.argument(name="input", description="Which cycle, and why.")],
    ) -> CancelCyclePayload | None:
        return _changed(CancelCyclePayload, info, cancel_cycle, change, reason=change.reason)

    @strawberry.mutation(
        description="Give a cycle other rules, before anything of it was shared.",
        extensions=[Requires(Permission.MANAGE_CYCLES)],
    )
    def set_cycle_rules(
        self,
        info: strawberry.Info,
        change: Annotated[SetCycleRulesInput, strawberry.argument(name="input", description="Which cycle, and how.")],
    ) -> SetCycleRulesPayload | None:
        return _changed(SetCycleRulesPayload, info, set_cycle_rules, change, rules=change.rules.rules())

    @strawberry.mutation(
        description="Move a cycle to other days, until it is calibrated or shared. What was handed in stays.",
        extensions=[Requires(Permission.MANAGE_CYCLES)],
    )
    def move_cycle(
        self,
        info: strawberry.Info,
        change: Annotated[MoveCycleInput, strawberry.argument(name="input", description="Which cycle, and the days.")],
    ) -> MoveCyclePayload | None:
        return _changed(MoveCyclePayload, info, move_cycle, change, period=Period(change.start, change.end))


def _changed(
    form: Callable[..., P],
    info: strawberry.Info,
    use_case: Callable[..., Cycle | Refusal],
    change: CycleChangeInput,
    **fields: object,
) -> P:
    context: RequestContext = info.context
    cycle, expected = CycleId(key_of(change.cycle_id, Kind.CYCLE)), CycleState(change.expected_state.name)
    outcome = repeatable(
        info,
        change,
        lambda deployment: use_case(
            deployment, context.principal, cycle, **fields, expected_state=expected, at=context.at
        ),
        again=_read_again(context),
    )
    return _answered(form, outcome)


def _read_again(context: RequestContext) -> Callable[[str], Cycle]:
    return lambda key: get_cycle(context.deployment, context.principal, CycleId(key))


def _answered(form: Callable[..., P], outcome: Cycle | Refusal) -> P:
    if isinstance(outcome, Refusal):
        return form(cycle=None, user_errors=[user_error(outcome)])
    return form(cycle=CycleType.of(outcome), user_errors=[])
