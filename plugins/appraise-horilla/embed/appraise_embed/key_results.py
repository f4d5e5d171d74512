"""The views of docs/write-back.md over `EmployeeKeyResult`, for the sink `horilla`."""

from appraise_embed.models import AppraiseNote
from django.db import transaction
from django.db.models import Q
from django.shortcuts import get_object_or_404
from pms.models import EmployeeKeyResult
from rest_framework.permissions import DjangoModelPermissions
from rest_framework.response import Response
from rest_framework.views import APIView


class Permissions(DjangoModelPermissions):
    """Reading needs the right to see key results too; Django REST Framework alone would let everybody."""

    perms_map = DjangoModelPermissions.perms_map | {"GET": ["%(app_label)s.view_%(model_name)s"]}


class Guarded(APIView):
    permission_classes = (Permissions,)
    queryset = EmployeeKeyResult.objects.all()


class KeyResults(Guarded):
    def get(self, request):
        wanted = request.query_params
        days = {"start_date__gte": wanted["from"], "start_date__lt": wanted["to"]}
        objective = {f"employee_objective_id__{name}": day for name, day in days.items()}
        found = self.queryset.filter(
            Q(**days) | Q(start_date=None, **objective),  # a key result may leave its days to its objective
            employee_objective_id__employee_id__badge_id=wanted["badge_id"],
            key_result=wanted["title"],
        )
        return Response([shown(one) for one in found])


class OneKeyResult(Guarded):
    def get(self, request, key):
        return Response(shown(get_object_or_404(self.queryset, pk=key)))

    def patch(self, request, key):
        value = request.data.get("current_value")
        with transaction.atomic():
            result = get_object_or_404(self.queryset.select_for_update(), pk=key)
            if any(shown(result)[name] != text for name, text in request.data["was"].items()):
                return Response({"detail": "somebody saved it since it was read"}, 409)
            if value is not None and not (type(value) is int and 0 <= value <= (result.target_value or 0)):
                return Response({"current_value": [f"a whole number from 0 to {result.target_value}, or null"]}, 400)
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
        "target_value": result.target_value or 0,
        "appraise_status": note.status if note else "",
        "appraise_note": note.note if note else "",
    }
