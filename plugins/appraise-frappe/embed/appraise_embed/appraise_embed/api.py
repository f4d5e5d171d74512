"""What the page of an appraisal asks its own backend."""

import frappe

from appraise_embed.appraise import Appraise


@frappe.whitelist(methods=["GET"])
def view(appraisal):
    """A token for whoever is signed in here, for the section of this appraisal's employee."""
    document = frappe.get_doc("Appraisal", appraisal)
    document.check_permission("read")
    viewer = frappe.db.get_value("Employee", {"user_id": frappe.session.user}, "name")
    if not viewer:
        frappe.throw("Your user is no employee", frappe.PermissionError)
    client = Appraise(frappe.conf.appraise_url, frappe.conf.appraise_token)
    try:
        return client.view(
            ("frappe:id", viewer),
            ("frappe:id", document.employee),
            frappe.utils.get_url(),
            document.appraisal_cycle,
        )
    except LookupError as error:
        frappe.throw(str(error), frappe.DoesNotExistError)
    except PermissionError as error:
        frappe.throw(str(error), frappe.PermissionError)
    except OSError:
        frappe.log_error("Appraise cannot be reached, or does not take the token")
        frappe.throw("Appraise cannot be reached")
