from odoo import api, fields, models


class HrAppraisal(models.Model):
    _inherit = "hr.appraisal"

    appraise_frame = fields.Html(compute="_compute_appraise_frame", sanitize=False, store=False)

    @api.depends("employee_id")
    def _compute_appraise_frame(self):
        for record in self:
            record.appraise_frame = (
                f'<iframe src="/appraise/section/{record.id}" title="Appraise"'
                ' style="width: 100%; height: 80vh; border: 0"></iframe>'
                if isinstance(record.id, int)
                else False
            )
