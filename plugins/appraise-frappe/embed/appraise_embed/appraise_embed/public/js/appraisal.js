frappe.ui.form.on("Appraisal", {
  async refresh(form) {
    const field = form.get_field("appraise_section");
    if (!field || form.is_new()) return;
    const { mount } = await import("/assets/appraise_embed/js/frame.js");
    const view = new URLSearchParams({ appraisal: form.doc.name });
    await mount(field.$wrapper.get(0), `/api/method/appraise_embed.api.view?${view}`);
  },
});
