"""Opaque identifiers: never an e-mail, a name or a database row number."""

from typing import NewType

EmployeeId = NewType("EmployeeId", str)
CycleId = NewType("CycleId", str)
SectionId = NewType("SectionId", str)
ItemId = NewType("ItemId", str)
RunId = NewType("RunId", str)
LoadId = NewType("LoadId", str)
TokenId = NewType("TokenId", str)
IndicatorKey = NewType("IndicatorKey", str)
DisputeId = NewType("DisputeId", str)
CorrectionId = NewType("CorrectionId", str)
CalibrationId = NewType("CalibrationId", str)
WebhookId = NewType("WebhookId", str)
MessageId = NewType("MessageId", str)
DeliveryId = NewType("DeliveryId", str)
JobId = NewType("JobId", str)
UploadId = NewType("UploadId", str)
MailId = NewType("MailId", str)
PersonRequestId = NewType("PersonRequestId", str)
DelegationId = NewType("DelegationId", str)
WatchId = NewType("WatchId", str)
