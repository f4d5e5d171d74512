"""Objectives and key results as Horilla saves them: no range is checked, progress and objective are computed."""

from django.db import models


class EmployeeObjective(models.Model):
    employee_id = models.ForeignKey("employee.Employee", on_delete=models.CASCADE)
    start_date = models.DateField(null=True)
    progress_percentage = models.IntegerField(default=0)

    def update_objective_progress(self):
        results = self.employee_key_result.all()
        self.progress_percentage = sum(one.progress_percentage for one in results) / len(results)
        self.save()


class EmployeeKeyResult(models.Model):
    key_result = models.CharField(max_length=60, null=True)
    employee_objective_id = models.ForeignKey(
        EmployeeObjective, related_name="employee_key_result", on_delete=models.CASCADE
    )
    current_value = models.IntegerField(null=True, default=0)
    target_value = models.IntegerField(null=True, default=0)
    start_date = models.DateField(null=True)
    progress_percentage = models.IntegerField(default=0)

    def save(self, *args, **kwargs):
        if self.target_value != 0:
            self.progress_percentage = int(self.current_value) / int(self.target_value) * 100
        super().save(*args, **kwargs)
        self.employee_objective_id.update_objective_progress()
