// The documents that the pages of HR and of auditors send, as `operations.js` has those of the others.

const RULES = `
fragment RuleParts on CycleRules {
  calibrates
  rateBy
  responseDays
  mostDisputes
  dottedParts
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

export const ReadWriteBackHosts = `query ReadWriteBackHosts($id: ID!) {
  cycle(id: $id) { id name writeBackHosts { name title importsFiles limits } }
}`;

export const ReadWriteBacks = `query ReadWriteBacks($id: ID!, $host: String!, $after: String, $ask: Boolean!) {
  cycle(id: $id) {
    writeBacks(host: $host, first: 25, after: $after, ask: $ask) {
      totalCount
      counts { state count }
      nodes {
        sectionId employeeName status total place problem
        written { here value lowest highest step }
        writeBack { state revision place problem checkedAt nextTryAt fields { name sent found } }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
}`;

export const SendWriteBacks = `mutation SendWriteBacks($input: SendWriteBacksInput!) {
  sendWriteBacks(input: $input) { queued userErrors { message path code } }
}`;

export const RetryWriteBack = `mutation RetryWriteBack($input: RetryWriteBackInput!) {
  retryWriteBack(input: $input) { writeBack { state } userErrors { message path code } }
}`;

export const SettleWriteBack = `mutation SettleWriteBack($input: SettleWriteBackInput!) {
  settleWriteBack(input: $input) { writeBack { state } userErrors { message path code } }
}`;

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

export const MoveCycle = `mutation MoveCycle($input: MoveCycleInput!) {
  moveCycle(input: $input) ${CYCLE_OUTCOME}
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

const REPORT = `
fragment ReportParts on ImportReport {
  __typename
  ... on PeopleImportReport {
    asOf created changed rehired ended unchanged conflicting rejected
    changes { outcome key name since facts { fact before after since } }
    proposals { row key name known knownName shared }
    rejectedRows { file row column value reason }
    unresolved
    unresolvedManagers { row manager { value } reason }
    loops warnings unmappedColumns refused
  }
  ... on EventImportReport {
    read malformed rejected
    kinds { kind accepted superseding unchanged duplicates skipped rejected withdrawn first last money { currency minor } }
    skippedByReason { reason count }
    rejectedByReason { reason count }
    rejectedRows { file row column value reason }
    overridden unknown
    unknownEmployees { namespace key rows }
    warnings unmappedColumns repeated refused
  }
}`;

const IMPORT = `
fragment ImportParts on Import {
  id
  state
  adapter
  source
  file
  bytes
  step
  done
  total
  problem
  canBeUndone
  undoneRows
  loadsToRepeat
  rejectedUrl
  askedAt
  finishedAt
  plan { ...ReportParts }
  applied { ...ReportParts }
}${REPORT}`;

const IMPORT_OUTCOME = `{ import { ...ImportParts } userErrors { message path code } }`;

export const ListImports = `query ListImports($first: Int!, $after: String) {
  adapters { name title reads needsMapping }
  imports(first: $first, after: $after) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes { id state adapter source file bytes askedAt }
  }
}`;

export const ReadAdapters = `query ReadAdapters {
  adapters { name title formatVersion verification files reads quirks unknowable needsMapping }
}`;

export const LookAtUpload = `query LookAtUpload($id: ID!, $encoding: String) {
  uploadedFile(id: $id, encoding: $encoding) {
    name
    columns { name values }
    fits { adapter recognised needsTimeZone }
    suggestedMapping
    readings { word encodings }
  }
}`;

export const ReadImport = `query ReadImport($id: ID!) {
  import(id: $id) { ...ImportParts }
}${IMPORT}`;

export const CreateImport = `mutation CreateImport($input: CreateImportInput!) {
  createImport(input: $input) ${IMPORT_OUTCOME}
}${IMPORT}`;

export const ApplyImport = `mutation ApplyImport($input: ApplyImportInput!) {
  applyImport(input: $input) ${IMPORT_OUTCOME}
}${IMPORT}`;

export const UndoImport = `mutation UndoImport($input: UndoImportInput!) {
  undoImport(input: $input) ${IMPORT_OUTCOME}
}${IMPORT}`;

const TOKEN = `
fragment TokenParts on AccessToken {
  key
  name
  scopes
  expiresAt
  lastUsedAt
  isLive
  canBeRotated
  employee { name }
}`;

export const ListTokens = `query ListTokens {
  accessTokens { ...TokenParts }
}${TOKEN}`;

export const CreateToken = `mutation CreateToken($input: CreateTokenInput!) {
  createToken(input: $input) { token { name } text userErrors { message path code } }
}`;

export const RotateToken = `mutation RotateToken($input: RotateTokenInput!) {
  rotateToken(input: $input) { token { name } text userErrors { message path code } }
}`;

export const RevokeToken = `mutation RevokeToken($input: RevokeTokenInput!) {
  revokeToken(input: $input) { token { name } userErrors { message path code } }
}`;

export const ListAudit = `query ListAudit($first: Int!, $after: String, $where: AuditWhere) {
  viewer { roles }
  auditLog(first: $first, after: $after, where: $where) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes {
      sequence
      at
      action
      actorName
      actor { name }
      about { name }
      subject
      subjectId
      details { name value }
    }
  }
}`;

export const CheckAudit = `query CheckAudit {
  auditLog(first: 1) { chain { entries isWhole firstBreak head } }
}`;

export const ExportAudit = `mutation ExportAudit($input: CreateExportInput!) {
  createExport(input: $input) { export { ...ExportParts } userErrors { message path code } }
}
fragment ExportParts on Export { id state done total problem sha256 downloadUrl }`;

export const ReadExport = `query ReadExport($id: ID!) {
  export(id: $id) { id state done total problem sha256 downloadUrl }
}`;

export const FindPeople = `query FindPeople($search: String!) {
  employees(first: 10, search: $search) { nodes { id name job } }
}`;

const POLICY = `
fragment PolicyParts on Policy {
  hash
  version
  isDefault
  firstUsedAt
  findings { level sentence path }
  choices { key indicatorName meaning value defaultValue isDefault source reason }
  exceptions
  document
}`;

const TRIAL = `
fragment TrialParts on PolicyTrial {
  id
  state
  step
  done
  total
  problem
  cycle { name }
  changes {
    otherInputs
    indicators {
      name
      before
      after
      appeared
      vanished
      changed
      readings { employee { name } before { side level } after { side level } }
    }
    weights { name weight movedTo compared changed }
  }
}`;

export const ListPolicies = `query ListPolicies {
  viewer { permissions }
  policies { ...PolicyParts }
  defaultPolicy { ...PolicyParts }
  cycles { id name latestRun { id } }
}${POLICY}`;

export const LintPolicy = `query LintPolicy($document: String!) {
  lintPolicy(document: $document) { problem findings { level sentence path } }
}`;

export const TryPolicy = `mutation TryPolicy($input: TryPolicyInput!) {
  tryPolicy(input: $input) { trial { ...TrialParts } userErrors { message path code } }
}${TRIAL}`;

export const ReadTrial = `query ReadTrial($id: ID!) {
  policyTrial(id: $id) { ...TrialParts }
}${TRIAL}`;

export const ListRoles = `query ListRoles {
  viewer { employee { id } }
  roleGrants { employeeId employeeName role grantedAt grantedByName }
}`;

export const GrantRole = `mutation GrantRole($input: GrantRoleInput!) {
  grantRole(input: $input) { grant { employeeName role } userErrors { message path code } }
}`;

export const RevokeRole = `mutation RevokeRole($input: RevokeRoleInput!) {
  revokeRole(input: $input) { isRevoked userErrors { message path code } }
}`;

const PERSON_REQUEST = `
fragment RequestParts on PersonRequest {
  id kind state employeeName reason proposedByName proposedAt decidedByName decidedAt canBeConfirmed file
}`;

export const ListPersonRequests = `query ListPersonRequests {
  personRequests { ...RequestParts }
  legalHolds { employeeId employeeName reason setAt }
}${PERSON_REQUEST}`;

export const ProposePersonRequest = `mutation ProposePersonRequest($input: ProposePersonRequestInput!) {
  proposePersonRequest(input: $input) { request { ...RequestParts } userErrors { message path code } }
}${PERSON_REQUEST}`;

export const ConfirmPersonRequest = `mutation ConfirmPersonRequest($input: DecidePersonRequestInput!) {
  confirmPersonRequest(input: $input) { request { ...RequestParts } userErrors { message path code } }
}${PERSON_REQUEST}`;

export const WithdrawPersonRequest = `mutation WithdrawPersonRequest($input: DecidePersonRequestInput!) {
  withdrawPersonRequest(input: $input) { request { ...RequestParts } userErrors { message path code } }
}${PERSON_REQUEST}`;

export const SetLegalHold = `mutation SetLegalHold($input: SetLegalHoldInput!) {
  setLegalHold(input: $input) { hold { employeeId } userErrors { message path code } }
}`;

export const ReadFairness = `query ReadFairness {
  fairnessReports {
    cycleName
    computedAt
    attributes { attribute isComplete verdicts { question indicator { name } category comparedWith verdict } }
  }
}`;
