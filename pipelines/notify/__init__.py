"""Telling people what changed, through Apprise; never part of the verdict."""

from pipelines.notify.alert import notify_failure, notify_result

__all__ = ["notify_failure", "notify_result"]
