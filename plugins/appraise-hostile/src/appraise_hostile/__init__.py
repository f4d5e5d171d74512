"""An adapter for tests alone: as nasty as the contract allows."""

from appraise_hostile.adapter import CONTACTS, NAMESPACE, PEOPLE, HostileAdapter, adapter

__all__ = ["CONTACTS", "NAMESPACE", "PEOPLE", "HostileAdapter", "adapter"]
