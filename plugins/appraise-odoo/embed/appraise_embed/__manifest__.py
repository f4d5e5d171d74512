{
    "name": "Appraise: customer service",
    "version": "19.0.1.0.0",
    "category": "Human Resources/Appraisals",
    "license": "Other OSI approved licence",
    "summary": "The section of Appraise as a page of the appraisal",
    "depends": ["hr_appraisal"],
    "data": ["security/groups.xml", "views/hr_appraisal_views.xml"],
}
