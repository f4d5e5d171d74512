"""The page that stands inside the appraisal, and the token that it asks for."""

import logging
from html import escape

from odoo import http
from odoo.http import request

from ..appraise import Appraise

_logger = logging.getLogger(__name__)

PAGE = """<!doctype html><meta charset="utf-8"><title>Appraise</title>
<div data-appraise-view="/appraise/view/%d"></div>
<script type="module" src="/appraise_embed/static/src/frame.js"></script>"""


class AppraiseController(http.Controller):
    @http.route("/appraise/section/<int:appraisal>", type="http", auth="user", methods=["GET"])
    def section(self, appraisal):
        return request.make_response(PAGE % appraisal, [("Content-Type", "text/html; charset=utf-8")])

    @http.route("/appraise/view/<int:appraisal>", type="http", auth="user", methods=["GET"])
    def view(self, appraisal):
        """A token for whoever is signed in here; reading the appraisal is checked by Odoo's own rules."""
        record = request.env["hr.appraisal"].browse(appraisal)
        record.check_access("read")  # raises AccessError where it is not theirs to read
        employee = record.sudo().employee_id.barcode  # a field of HR officers only
        viewer = request.env.user.employee_id.barcode
        settings = request.env["ir.config_parameter"].sudo()
        client = Appraise(settings.get_param("appraise.url"), settings.get_param("appraise.token"))
        origin = request.httprequest.host_url.rstrip("/")
        if not viewer or not employee:
            return self._told({"problem": "an employee has no badge"}, 404)
        try:
            return self._told(client.view(("odoo:badge", viewer), ("odoo:badge", employee), origin), 200)
        except LookupError as error:
            return self._told({"problem": escape(str(error))}, 404)
        except PermissionError as error:
            return self._told({"problem": escape(str(error))}, 403)
        except OSError:
            _logger.exception("Appraise cannot be reached, or does not take the token")
            return self._told({"problem": "Appraise cannot be reached"}, 502)

    def _told(self, document, status):
        answer = request.make_json_response(document, status=status)
        answer.headers["Cache-Control"] = "no-store"
        return answer
