"""The page of a section: one's own, or that of ?badge=, where Appraise shows it to whoever is signed in."""

import logging

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from appraise_embed.appraise import Appraise

logger = logging.getLogger(__name__)


@login_required
@require_GET
def section(request):
    return render(request, "appraise_embed/section.html", {"badge": request.GET.get("badge", "")})


@login_required
@require_GET
def view(request):
    viewer = getattr(getattr(request.user, "employee_get", None), "badge_id", None)
    if not viewer:
        return told_as({"problem": "your user is no employee with a badge"}, 403)
    employee = request.GET.get("badge") or viewer
    origin = f"{request.scheme}://{request.get_host()}"
    client = Appraise(settings.APPRAISE_URL, settings.APPRAISE_TOKEN)
    try:
        told, status = client.view(("horilla:badge", viewer), ("horilla:badge", employee), origin), 200
    except LookupError as error:
        told, status = {"problem": str(error)}, 404
    except PermissionError as error:
        told, status = {"problem": str(error)}, 403
    except OSError:
        logger.exception("Appraise cannot be reached, or does not take the token")
        told, status = {"problem": "Appraise cannot be reached"}, 502
    return told_as(told, status)


def told_as(document, status):
    return JsonResponse(document, status=status, headers={"Cache-Control": "no-store"})
