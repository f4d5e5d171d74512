// The documents that the pages send. `schema/operations/` holds the same texts, one file each; a test keeps them equal.

const ITEM = `
fragment ItemParts on Item {
  id
  weight
  rating
  comment
  reason
  ownRating
  ownComment
  supportedRatings { lowest highest }
  indicator { key name question unit direction counts doesNotCount }
  result {
    __typename
    ... on EstimateResult {
      value lower upper lower90 upper90 expected
      isBetter verdict level carriesConsequence
      evidence { sentence }
      working { raw shrinkage score sentences caseMix { factor effect } notes { name value } }
    }
    ... on Absence { kind sentence }
  }
}`;

const SECTION = `
fragment SectionParts on Section {
  id
  state
  version
  revision
  total
  observedWeight
  minimumObservedWeight
  ratingsVisible
  allowedActions
  isOwn
  submittedAt
  handedIn { name forName unreviewedReason ratedByLevel }
  delegates { name forName lastDay maySubmit }
  parts { kind authorName days firstDay lastDay canGive givenAt marks { rating comment indicator { name } } }
  ratingsByDays { itemId value }
  manifestHash
  selfAssessedAt
  selfAssessmentVisible
  returnReason
  sharedAt
  person { name job department profile managerName }
  cycle { name start end }
  respondBy
  acknowledgement { stance comment }
  hostTotal { value lowest highest }
  disputes {
    id kind state itemId evidence comment revision filedAt decideBy reviewerName reason decidedByName decidedAt
  }
  corrections {
    id revision bandChanges noticedAt decideBy state note
    differences { indicator before after levelBefore levelAfter bandChanges }
  }
  calibrationMoves { itemId before after reason isOutside at }
  reopening { reason note }
  items { ...ItemParts }
  composite {
    __typename
    ... on Composite {
      value lower upper lower90 upper90 isBetter level carriesConsequence
      parts { name amount }
      sentences
    }
    ... on Absence { kind sentence }
  }
}${ITEM}`;

const OUTCOME = `{ section { ...SectionParts } userErrors { message path code } }`;

export const ReadSection = `query ReadSection($id: ID!) {
  section(id: $id) { ...SectionParts items { earlier { cycleName value lower upper } } }
}${SECTION}`;

export const RateItem = `mutation RateItem($input: RateItemInput!) {
  rateItem(input: $input) ${OUTCOME}
}${SECTION}`;

export const SubmitSection = `mutation SubmitSection($input: SubmitSectionInput!) {
  submitSection(input: $input) ${OUTCOME}
}${SECTION}`;

export const HandInUnreviewed = `mutation HandInUnreviewed($input: HandInUnreviewedInput!) {
  handInUnreviewed(input: $input) ${OUTCOME}
}${SECTION}`;

export const ReturnSection = `mutation ReturnSection($input: ReturnSectionInput!) {
  returnSection(input: $input) ${OUTCOME}
}${SECTION}`;

export const FinaliseSection = `mutation FinaliseSection($input: FinaliseSectionInput!) {
  finaliseSection(input: $input) ${OUTCOME}
}${SECTION}`;

export const ApproveSection = `mutation ApproveSection($input: ApproveSectionInput!) {
  approveSection(input: $input) ${OUTCOME}
}${SECTION}`;

export const ReleaseSection = `mutation ReleaseSection($input: ReleaseSectionInput!) {
  releaseSection(input: $input) ${OUTCOME}
}${SECTION}`;

export const ShareSection = `mutation ShareSection($input: ShareSectionInput!) {
  shareSection(input: $input) ${OUTCOME}
}${SECTION}`;

export const AcknowledgeSection = `mutation AcknowledgeSection($input: AcknowledgeSectionInput!) {
  acknowledgeSection(input: $input) ${OUTCOME}
}${SECTION}`;

export const AssessItem = `mutation AssessItem($input: AssessItemInput!) {
  assessItem(input: $input) ${OUTCOME}
}${SECTION}`;

export const SubmitSelfAssessment = `mutation SubmitSelfAssessment($input: SubmitSelfAssessmentInput!) {
  submitSelfAssessment(input: $input) ${OUTCOME}
}${SECTION}`;

export const ProposeReopening = `mutation ProposeReopening($input: ProposeReopeningInput!) {
  proposeReopening(input: $input) ${OUTCOME}
}${SECTION}`;

export const WithdrawReopening = `mutation WithdrawReopening($input: WithdrawReopeningInput!) {
  withdrawReopening(input: $input) ${OUTCOME}
}${SECTION}`;

export const ReopenSection = `mutation ReopenSection($input: ReopenSectionInput!) {
  reopenSection(input: $input) ${OUTCOME}
}${SECTION}`;

export const FileDispute = `mutation FileDispute($input: FileDisputeInput!) {
  fileDispute(input: $input) ${OUTCOME}
}${SECTION}`;

export const WithdrawDispute = `mutation WithdrawDispute($input: WithdrawDisputeInput!) {
  withdrawDispute(input: $input) ${OUTCOME}
}${SECTION}`;

export const DecideDispute = `mutation DecideDispute($input: DecideDisputeInput!) {
  decideDispute(input: $input) ${OUTCOME}
}${SECTION}`;

export const AnnotateCorrection = `mutation AnnotateCorrection($input: AnnotateCorrectionInput!) {
  annotateCorrection(input: $input) { correction { id } userErrors { message path code } }
}`;

export const ReadEvidence = `query ReadEvidence($id: ID!, $first: Int!, $after: String, $indicator: String, $counted: Boolean) {
  section(id: $id) {
    evidence(first: $first, after: $after, indicator: $indicator, counted: $counted) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes { kind source eventId at says isNamed uses { indicator credit leftOut } }
    }
  }
}`;

export const ReadRevisions = `query ReadRevisions($id: ID!) {
  section(id: $id) {
    revisions {
      revision state isSuperseded endedAt total
      acknowledgement { stance }
      items {
        indicator { name unit } rating comment reason
        result { __typename ... on EstimateResult { value lower upper } }
      }
    }
  }
}`;

export const ReadPeers = `query ReadPeers($id: ID!) {
  section(id: $id) {
    items {
      id
      benchmark {
        __typename
        ... on Benchmark { group others lowerQuartile middle upperQuartile }
        ... on Absence { sentence }
      }
    }
  }
}`;

const WRONG = `userErrors { message path code }`;

export const ReadRecord = `query ReadRecord {
  viewer {
    sections {
      id
      state
      cycle { name }
      readers { name through first last times }
    }
  }
}`;

export const ReadRatingHabit = `query ReadRatingHabit {
  viewer { ratingHabit { sections ratings mean lower upper } }
}`;

export const ListCalibrations = `query ListCalibrations($cycle: ID!, $known: Boolean!) {
  cycles {
    id
    name
    state
    rules { calibrates }
    calibrationSessions {
      id name state sectionIds openedAt lockedAt movesOutside
      moves { sectionId itemId before after reason isOutside at }
    }
  }
  sections(cycle: $cycle, first: 200, state: SUBMITTED) @include(if: $known) {
    nodes { id person { name department } }
  }
}`;

export const ReadCalibrated = `query ReadCalibrated($ids: [ID!]!) {
  nodes(ids: $ids) {
    ... on Section {
      id
      state
      version
      allowedActions
      person { name managerName }
      items {
        id
        weight
        rating
        supportedRatings { lowest highest }
        indicator { key name }
        result { __typename ... on EstimateResult { level } }
      }
    }
  }
}`;

export const OpenCalibration = `mutation OpenCalibration($input: OpenCalibrationInput!) {
  openCalibration(input: $input) { session { id } ${WRONG} }
}`;

export const CalibrateItem = `mutation CalibrateItem($input: CalibrateItemInput!) {
  calibrateItem(input: $input) { section { id } ${WRONG} }
}`;

export const LockCalibration = `mutation LockCalibration($input: LockCalibrationInput!) {
  lockCalibration(input: $input) { session { id } ${WRONG} }
}`;

export const ReadFrame = `query ReadFrame {
  viewer { roles areas }
  cycles { id name state rules { rateBy } }
  departments(first: 1000, orderBy: NAME) { nodes { code name } }
  indicatorDefinitions { key name unit direction role }
}`;

export const ListPeople = `query ListPeople($first: Int!, $after: String, $search: String, $department: String, $cycle: ID!) {
  employees(first: $first, after: $after, search: $search, department: $department) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes {
      id
      name
      job
      managerName
      department { name }
      section(cycle: $cycle) {
        id
        state
        total
        observedWeight
        itemsToRate
        items {
          indicator { key }
          result {
            __typename
            ... on EstimateResult { value lower upper lower90 upper90 expected isBetter verdict }
            ... on Absence { kind sentence }
          }
        }
      }
    }
  }
}`;

export const ReadContributions = `query ReadContributions($first: Int!, $after: String, $groupBy: ContributionGroupBy!, $isFinalised: Boolean!) {
  contributions(first: $first, after: $after, groupBy: $groupBy, orderBy: BY_GROUP) {
    pageInfo { hasNextPage endCursor }
    nodes {
      period { name }
      group { key name }
      contributions {
        indicator { key name unit direction }
        asFinalised @include(if: $isFinalised) { ...ReadingParts }
        asNowKnown @skip(if: $isFinalised) { ...ReadingParts }
        ... on AdditiveContribution { totalDefinition { meaning unit } }
      }
    }
  }
}
fragment ReadingParts on ContributionReading {
  dataAsOf
  coverage { employees measured absent { kind employees } }
  result {
    __typename
    ... on ContributionFigure { value lower upper lower90 upper90 expected isBetter isPooled }
    ... on Absence { kind sentence }
  }
  ... on AdditiveReading { total { amount lower upper unit currency } }
}`;

const WATCHES = `
fragment WatchParts on WatchList {
  cycle { name }
  before { name }
  allowsIndividuals
  watches {
    id version groupBy measure side threshold unsure compared whyNot
    indicator { key name unit }
    findings { group { key name } value lower upper isNew }
  }
}`;

export const ReadWatchList = `query ReadWatchList {
  viewer { watchList { ...WatchParts } }
  indicatorDefinitions { key name unit }
}${WATCHES}`;

export const KeepWatch = `mutation KeepWatch($input: KeepWatchInput!) {
  keepWatch(input: $input) { watchList { ...WatchParts } ${WRONG} }
}${WATCHES}`;

export const DropWatch = `mutation DropWatch($input: DropWatchInput!) {
  dropWatch(input: $input) { watchList { ...WatchParts } ${WRONG} }
}${WATCHES}`;

export const MarkWatchSeen = `mutation MarkWatchSeen($input: MarkWatchSeenInput!) {
  markWatchSeen(input: $input) { watchList { ...WatchParts } ${WRONG} }
}${WATCHES}`;

export const ReadTasks = `query ReadTasks {
  viewer { tasks { kind due sectionId employeeName cycleName forName } }
}`;

const DELEGATION = `
fragment DelegationParts on Delegation {
  id managerName delegateName firstDay lastDay maySubmit reason isLive isVoid isOwn canBeEnded
}`;

export const ReadDelegations = `query ReadDelegations {
  viewer { roles canNameDelegates delegations { ...DelegationParts } }
}${DELEGATION}`;

export const NameDelegate = `mutation NameDelegate($input: NameDelegateInput!) {
  nameDelegate(input: $input) { delegation { ...DelegationParts } ${WRONG} }
}${DELEGATION}`;

export const EndDelegation = `mutation EndDelegation($input: EndDelegationInput!) {
  endDelegation(input: $input) { delegation { ...DelegationParts } ${WRONG} }
}${DELEGATION}`;

const ASKED = `
fragment AskedParts on AskedPart {
  sectionId kind employeeName cycleName days firstDay lastDay due givenAt
  rated { key name question } unrated { key name question }
  marks { rating comment indicator { key } }
}`;

export const ReadParts = `query ReadParts {
  viewer { askedParts { ...AskedParts } }
}${ASKED}`;

export const GivePart = `mutation GivePart($input: GivePartInput!) {
  givePart(input: $input) { part { ...AskedParts } ${WRONG} }
}${ASKED}`;
