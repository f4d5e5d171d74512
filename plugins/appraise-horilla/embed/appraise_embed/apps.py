"""An app inside Horilla: a page with the section, and the views that the sink `horilla` writes by."""

from django.apps import AppConfig


class AppraiseEmbedConfig(AppConfig):
    name = "appraise_embed"
    verbose_name = "Appraise"

    def ready(self):
        from django.urls import include, path

        from horilla.horilla_settings import APPS
        from horilla.urls import urlpatterns

        APPS.append("appraise_embed")
        urlpatterns.append(path("", include("appraise_embed.urls")))
