// What can be done with a section as a whole: the button, the question that is asked first, and what is sent.

import {
  AcknowledgeSection, ApproveSection, FinaliseSection, ProposeReopening, ReleaseSection, ReopenSection, ReturnSection,
  ShareSection, SubmitSection, SubmitSelfAssessment,
} from "./operations.js";

/** @typedef {import("./ask.js").Question & {document: string, isQuiet?: boolean, sent?: Record<string, string>}} Deed */

/** @type {import("./ask.js").Field} */
const REASON = { name: "reason", label: "Your reason" };

/** @type {Record<string, Deed>} */
export const DEEDS = {
  SUBMIT: {
    document: SubmitSection,
    button: "Hand in",
    title: "Hand this section in?",
    words: "It goes to HR as it is. You can change it again only if it is given back to you.",
  },
  HAND_IN_SELF: {
    document: SubmitSelfAssessment,
    button: "Hand in your own view",
    title: "Hand in your own view?",
    words: "You cannot change it afterwards. Your manager reads it once the manager’s ratings are handed in too.",
  },
  RETURN: {
    document: ReturnSection,
    button: "Give back",
    title: "Give it back to the manager?",
    words: "The manager can change it and hand it in again, and reads your reason.",
    isQuiet: true,
    fields: [REASON],
  },
  APPROVE: {
    document: ApproveSection,
    button: "Approve",
    title: "Approve this section?",
    words: "It can then be shared with the employee.",
  },
  RELEASE: {
    document: ReleaseSection,
    button: "Release",
    title: "Let the manager share it?",
    words: "The manager decides when the employee reads it.",
  },
  SHARE: {
    document: ShareSection,
    button: "Share",
    title: "Share it with the employee?",
    words: "The employee sees all of it, and has some days to answer.",
  },
  AGREE: {
    document: AcknowledgeSection,
    button: "I agree",
    title: "You have seen it and agree?",
    words: "Your answer is kept with the section.",
    sent: { stance: "AGREE" },
    fields: [{ name: "comment", label: "Your words, if you want to add any", isOptional: true }],
  },
  NOT_AGREE: {
    document: AcknowledgeSection,
    button: "Seen, I do not agree",
    title: "You have seen it and do not agree?",
    words: "Your answer is kept with the section. It is no agreement, and no dispute: a dispute is about one rating.",
    sent: { stance: "SEEN_NOT_AGREE" },
    fields: [{ name: "comment", label: "Your words, if you want to add any", isOptional: true }],
  },
  FINALISE: {
    document: FinaliseSection,
    button: "Make final",
    title: "Make this section final?",
    words: "It can no longer be changed, and HR systems may read it. Your grounds go to the audit log.",
    fields: [REASON],
  },
  PROPOSE_REOPENING: {
    document: ProposeReopening,
    button: "Propose to open again",
    title: "Propose to open this final section again?",
    words: "Another HR administrator has to agree. What is final now is kept as it is.",
    isQuiet: true,
    fields: [
      {
        name: "reason",
        label: "Reason",
        kind: "choice",
        options: [
          ["CORRECTION", "The data were corrected"],
          ["ERROR", "A mistake was made"],
          ["DISPUTE_AFTER_CLOSE", "The employee objects after the close"],
          ["LEGAL", "Legal reasons"],
        ],
      },
      { name: "note", label: "What has to be put right" },
    ],
  },
  REOPEN: {
    document: ReopenSection,
    button: "Agree to open again",
    title: "Open this section again?",
    words: "A new revision begins with the ratings of the last one, which is kept and counts until the new one is final.",
  },
};

/** The deeds of an action that is done in more than one way, or goes by another name. @type {Record<string, string[]>} */
const WAYS = { ACKNOWLEDGE: ["AGREE", "NOT_AGREE"], ASSESS_SELF: ["HAND_IN_SELF"] };

/** Names of the deeds that a page has a button for. @param {string[]} actions */
export const deedsOf = (actions) => actions.flatMap((action) => WAYS[action] ?? action).filter((name) => name in DEEDS);
