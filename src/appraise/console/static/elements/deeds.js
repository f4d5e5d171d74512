// What can be done with a section as a whole: the button, the question that is asked first, and what is sent.

import { t } from "./language.js";
import {
  AcknowledgeSection, ApproveSection, FinaliseSection, HandInUnreviewed, ProposeReopening, ReleaseSection, ReopenSection, ReturnSection,
  ShareSection, SubmitSection, SubmitSelfAssessment, WithdrawReopening,
} from "./operations.js";

/** @typedef {import("./ask.js").Question & {document: string, isQuiet?: boolean, sent?: Record<string, string>}} Deed */

/** @returns {import("./ask.js").Field} */
const reason = () => ({ name: "reason", label: t`Your reason` });

/** By name, in the language of now. @returns {Record<string, Deed>} */
export const deeds = () => ({
  SUBMIT: {
    document: SubmitSection,
    button: t`Hand in`,
    title: t`Hand this section in?`,
    words: t`It goes to HR as it is. You can change it again only if it is given back to you.`,
  },
  HAND_IN_UNREVIEWED: {
    document: HandInUnreviewed,
    button: t`Hand in unreviewed`,
    title: t`Hand it in without the manager?`,
    words: t`The manager’s last day is over. What the manager has rated stays; of other figures the level of the data is taken. Everybody reads that it is provisional, and your reason.`,
    isQuiet: true,
    fields: [reason()],
  },
  HAND_IN_SELF: {
    document: SubmitSelfAssessment,
    button: t`Hand in your own view`,
    title: t`Hand in your own view?`,
    words: t`You cannot change it afterwards. Your manager reads it once the manager’s ratings are handed in too.`,
  },
  RETURN: {
    document: ReturnSection,
    button: t`Give back`,
    title: t`Give it back to the manager?`,
    words: t`The manager can change it and hand it in again, and reads your reason.`,
    isQuiet: true,
    fields: [reason()],
  },
  APPROVE: {
    document: ApproveSection,
    button: t`Approve`,
    title: t`Approve this section?`,
    words: t`It can then be shared with the employee.`,
  },
  RELEASE: {
    document: ReleaseSection,
    button: t`Release`,
    title: t`Let the manager share it?`,
    words: t`The manager decides when the employee reads it.`,
  },
  SHARE: {
    document: ShareSection,
    button: t`Share`,
    title: t`Share it with the employee?`,
    words: t`The employee sees all of it, and has some days to answer.`,
  },
  AGREE: {
    document: AcknowledgeSection,
    button: t`I agree`,
    title: t`You have seen it and agree?`,
    words: t`Your answer is kept with the section.`,
    sent: { stance: "AGREE" },
    fields: [{ name: "comment", label: t`Your words, if you want to add any`, isOptional: true }],
  },
  NOT_AGREE: {
    document: AcknowledgeSection,
    button: t`Seen, I do not agree`,
    title: t`You have seen it and do not agree?`,
    words: t`Your answer is kept with the section. It is no agreement, and no dispute: a dispute is about one rating.`,
    sent: { stance: "SEEN_NOT_AGREE" },
    fields: [{ name: "comment", label: t`Your words, if you want to add any`, isOptional: true }],
  },
  FINALISE: {
    document: FinaliseSection,
    button: t`Make final`,
    title: t`Make this section final?`,
    words: t`It can no longer be changed, and HR systems may read it. Your grounds go to the audit log.`,
    fields: [reason()],
  },
  PROPOSE_REOPENING: {
    document: ProposeReopening,
    button: t`Propose to open again`,
    title: t`Propose to open this final section again?`,
    words: t`Another HR administrator has to agree. What is final now is kept as it is.`,
    isQuiet: true,
    fields: [
      {
        name: "reason",
        label: t`Reason`,
        kind: "choice",
        options: [
          ["CORRECTION", t`The data were corrected`],
          ["ERROR", t`A mistake was made`],
          ["DISPUTE_AFTER_CLOSE", t`The employee objects after the close`],
          ["LEGAL", t`Legal reasons`],
        ],
      },
      { name: "note", label: t`What has to be put right` },
    ],
  },
  WITHDRAW_REOPENING: {
    document: WithdrawReopening,
    button: t`Leave it final`,
    title: t`Leave this section final?`,
    words: t`The proposal to open it again is ended. Your reason goes to the audit log.`,
    isQuiet: true,
    fields: [reason()],
  },
  REOPEN: {
    document: ReopenSection,
    button: t`Agree to open again`,
    title: t`Open this section again?`,
    words: t`A new revision begins with the ratings of the last one, which is kept and stands in HR systems until the new one is final.`,
  },
});

/** The deeds of an action that is done in more than one way, or goes by another name. @type {Record<string, string[]>} */
const WAYS = { ACKNOWLEDGE: ["AGREE", "NOT_AGREE"], ASSESS_SELF: ["HAND_IN_SELF"] };

/** Names of the deeds that a page has a button for. @param {string[]} actions */
export const deedsOf = (actions) => actions.flatMap((action) => WAYS[action] ?? action).filter((name) => name in deeds());
