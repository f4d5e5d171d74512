from odoo import _, api, fields, models
from odoo.exceptions import AccessError

WRITTEN = {"appraise_score", "appraise_status", "appraise_note"}
WRITER = "appraise_embed.group_writer"


class HrAppraisal(models.Model):
    _inherit = "hr.appraisal"

    appraise_score = fields.Float("Customer service score", digits=(16, 2), readonly=True, copy=False)
    appraise_status = fields.Char("Customer service status", readonly=True, copy=False)
    appraise_note = fields.Text("Customer service items", readonly=True, copy=False)
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

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_appraise_writer(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_appraise_writer(vals)
        return super().write(vals)

    def _check_appraise_writer(self, vals):
        """A read-only field is so in the form alone: whoever may write an appraisal could write it by the API."""
        if WRITTEN & set(vals) and not self.env.su and not self.env.user.has_group(WRITER):
            raise AccessError(_("The customer service score is written by Appraise."))
