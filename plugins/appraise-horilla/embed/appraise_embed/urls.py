from django.urls import path

from appraise_embed import key_results, views

urlpatterns = [
    path("appraise/", views.section, name="appraise-section"),
    path("appraise/view/", views.view, name="appraise-view"),
    path("api/appraise/key-results/", key_results.KeyResults.as_view()),
    path("api/appraise/key-results/<int:key>/", key_results.OneKeyResult.as_view()),
]
