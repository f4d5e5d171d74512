app_name = "appraise_embed"
app_title = "Appraise"
app_publisher = "Appraise"
app_description = "The section of Appraise inside the appraisal of Frappe HR"
app_license = "apache-2.0"
required_apps = ["hrms"]

doctype_js = {"Appraisal": "public/js/appraisal.js"}
fixtures = [{"dt": "Custom Field", "filters": [["name", "like", "Appraisal-appraise_%"]]}]
doc_events = {
    "Appraisal": {
        "before_validate": "appraise_embed.fields.keep",
        "before_update_after_submit": "appraise_embed.fields.keep",
        "on_update_after_submit": "appraise_embed.fields.count",
    }
}
