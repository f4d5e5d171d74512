// The documents that the pages of HR and of auditors send, as `operations.js` has those of the others.

const RULES = `
fragment RuleParts on CycleRules {
  calibrates
  rateBy
  responseDays
  mostDisputes
  hostScale { lowest highest step }
}`;

const CYCLE = `
fragment CycleParts on Cycle {
  id
  name
  start
  end
  state
  allowedActions
  rules { ...RuleParts }
  nextStage { state problem }
  sectionCounts { state count }
  readiness {
    ready
    missing {
      name
      obstacles { obstacle sentence }
      employee { job section(cycle: $id) { id state version exemption { reason note at } } }
    }
  }
  latestRun {
    id
    finishedAt
    attributableShare
    manifest { policyHash dataAsOf }
    coverage { indicator total attributed notes }
    flags { indicator judged better worse }
  }
  runGoingOn { startedAt progress { step done total } }
}${RULES}`;

const CYCLE_OUTCOME = `{ cycle { id state } userErrors { message path code } }`;

export const ListCycles = `query ListCycles {
  viewer { permissions }
  cycles { id name start end state rules { ...RuleParts } sectionCounts { state count } }
}${RULES}`;

export const ReadCycle = `query ReadCycle($id: ID!) {
  cycle(id: $id) { ...CycleParts }
  indicatorDefinitions { key name }
}${CYCLE}`;

export const PlanCycle = `mutation PlanCycle($input: PlanCycleInput!) {
  planCycle(input: $input) ${CYCLE_OUTCOME}
}`;

export const AdvanceCycle = `mutation AdvanceCycle($input: AdvanceCycleInput!) {
  advanceCycle(input: $input) ${CYCLE_OUTCOME}
}`;

export const CancelCycle = `mutation CancelCycle($input: CancelCycleInput!) {
  cancelCycle(input: $input) ${CYCLE_OUTCOME}
}`;

export const SetCycleRules = `mutation SetCycleRules($input: SetCycleRulesInput!) {
  setCycleRules(input: $input) ${CYCLE_OUTCOME}
}`;

export const StartScoring = `mutation StartScoring($input: StartScoringInput!) {
  startScoring(input: $input) { job { id } userErrors { message path code } }
}`;

export const ReadScoringJob = `query ReadScoringJob($id: ID!) {
  scoringJob(id: $id) { state step done total problem }
}`;

export const FindToExempt = `query FindToExempt($search: String!, $cycle: ID!) {
  employees(first: 10, search: $search) {
    totalCount
    nodes { name job section(cycle: $cycle) { id state version } }
  }
}`;

export const ExemptSection = `mutation ExemptSection($input: ExemptSectionInput!) {
  exemptSection(input: $input) { section { id state } userErrors { message path code } }
}`;

export const EndExemption = `mutation EndExemption($input: EndExemptionInput!) {
  endExemption(input: $input) { section { id state } userErrors { message path code } }
}`;
