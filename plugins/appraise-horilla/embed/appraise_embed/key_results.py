"""The views of docs/write-back.md over `EmployeeKeyResult`, for the sink `horilla`."""

from appraise_embed.models import AppraiseNote
from django.db import transaction
from django.shortcuts import get_object_or_404
from pms.models import EmployeeKeyResult
from rest_framework.permissions import DjangoModelPermissions
from rest_framework.response import Response
from rest_framework.views import APIView

HIGHEST = 100


class Permissions(DjangoModelPermissions):
    """Reading needs the right to see key results too; Django REST Framework alone would let everybody."""

    perms_map = DjangoModelPermissions.perms_map | {"GET": ["%(app_label)s.view_%(model_name)s"]}


class Guarded(APIView):
    permission_classes = (Permissions,)
    queryset = EmployeeKeyResult.objects.all()


class KeyResults(Guarded):
    def get(self, request):
        wanted = request.query_params
        found = self.queryset.filter(
            employee_objective_id__employee_id__badge_id=wanted["badge_id"],
            key_result=wanted["title"],
            start_date__gte=wanted["from"],
            start_date__lt=wanted["to"],
        )
        return Response([shown(one) for one in found])


class OneKeyResult(Guarded):
    def get(self, request, key):
        return Response(shown(get_object_or_404(self.queryset, pk=key)))

    def patch(self, request, key):
        value = request.data.get("current_value")
        if value is not None and not (isinstance(value, int) and 0 <= value <= HIGHEST):
            return Response({"current_value": ["a whole number from 0 to 100, or null"]}, 400)
        with transaction.atomic():
            result = get_object_or_404(self.queryset.select_for_update(), pk=key)
            result.current_value = value or 0  # the status tells an absence from a 0
            result.save()  # computes progress and objective
            note = {"status": request.data["appraise_status"], "note": request.data["appraise_note"]}
            AppraiseNote.objects.update_or_create(key_result=result, defaults=note)
        return Response(shown(get_object_or_404(self.queryset, pk=key)))


def shown(result):
    note = AppraiseNote.objects.filter(key_result=result).first()
    return {
        "id": result.pk,
        "current_value": result.current_value,
        "target_value": result.target_value,
        "appraise_status": note.status if note else "",
        "appraise_note": note.note if note else "",
    }
