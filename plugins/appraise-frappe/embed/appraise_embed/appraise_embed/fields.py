"""The fields that the sink `frappe` writes: who may change them, and how they count in a cycle's final score."""

import frappe

FIELDS = ("appraise_score", "appraise_status", "appraise_observed_weight", "appraise_note")
WITHOUT_FORMULA = "(goal_score + average_feedback_score + self_appraisal_score) / 3"
"""What Frappe HR computes for a cycle without a formula."""


def keep(document, method=None):
    """Frappe HR lets employees write their own appraisals: these fields are for the service's user and HR alone."""
    if frappe.session.user == frappe.conf.appraise_user or "HR Manager" in frappe.get_roles():
        return
    before = document.get_doc_before_save()
    for name in FIELDS:
        if (document.get(name) or None) != ((before.get(name) if before else None) or None):
            frappe.throw(f"{name} is written by Appraise", frappe.PermissionError)


def count(document, method=None):
    """Of a submitted appraisal Frappe HR computes nothing anew by itself."""
    document.calculate_final_score()
    document.db_set("final_score", document.final_score)


def use_in_cycle(cycle, weight):
    """Have the score count with `weight` (0.2 is a fifth) in a cycle, beside what its final score was so far.

    bench --site SITE execute appraise_embed.fields.use_in_cycle --kwargs "{'cycle': '2025', 'weight': 0.2}"
    """
    document = frappe.get_doc("Appraisal Cycle", cycle)
    others = document.final_score_formula if document.calculate_final_score_based_on_formula else WITHOUT_FORMULA
    if FIELDS[0] in others:
        frappe.throw(f"{FIELDS[0]} counts in {cycle} already: {others}")
    document.final_score_formula = formula(others, float(weight))
    document.calculate_final_score_based_on_formula = 1
    document.save()
    return document.final_score_formula


def formula(others, weight):
    """Where there is no score the others have all the weight: an absence is not 0."""
    if not 0 < weight < 1:
        raise ValueError(f"the weight is {weight}; expected more than 0 and less than 1")
    rest = f"{1 - weight:.6g}"
    return f"(({others}) * {rest} + appraise_score * {weight:g}) if appraise_status == 'SCORED' else ({others})"
