from django.db import models


class AppraiseNote(models.Model):
    """What stands beside a key result's number, which Horilla never leaves empty."""

    key_result = models.OneToOneField("pms.EmployeeKeyResult", on_delete=models.CASCADE, related_name="appraise")
    status = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=200, blank=True)
