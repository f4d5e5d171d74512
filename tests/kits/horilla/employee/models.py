from django.contrib.auth.models import User
from django.db import models


class Employee(models.Model):
    employee_user_id = models.OneToOneField(User, on_delete=models.CASCADE, related_name="employee_get")
    badge_id = models.CharField(max_length=50, null=True)
