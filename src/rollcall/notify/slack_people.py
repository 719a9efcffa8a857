"""What people are called in Slack, asked of Slack once for each of them."""

from __future__ import annotations

from rollcall.errors import DeliveryFailed
from rollcall.notify.markdown import one_line
from rollcall.notify.slack_api import SlackApi

MOST_NAME = 60
_MOST_KNOWN = 10_000


class SlackPeople:
    """Remember names by Slack ID; used by one thread."""

    def __init__(self, api: SlackApi) -> None:
        """Take the API; it needs the scope ``users:read``, and nothing is called yet."""
        self._api = api
        self._names: dict[str, str] = {}

    def name_of(self, person: str, otherwise: str = "") -> str:
        """Return what a person is called, ``otherwise`` or the ID where Slack does not say.

        Never raises: who cannot be named is still heard.
        """
        known = self._names.get(person)
        if known is not None:
            return known
        try:
            user = self._api.call("users.info", {"user": person}).data.get("user")
        except DeliveryFailed as failure:
            name = one_line(otherwise, limit=MOST_NAME) or person
            # For want of a scope it stays unsaid; after a passing fault it is asked again.
            if failure.permanent:
                self._keep(person, name)
            return name
        name = _read_name(user) or one_line(otherwise, limit=MOST_NAME) or person
        self._keep(person, name)
        return name

    def _keep(self, person: str, name: str) -> None:
        if len(self._names) >= _MOST_KNOWN:
            self._names.clear()
        self._names[person] = name


def _read_name(user: object) -> str:
    if not isinstance(user, dict):
        return ""
    profile = user.get("profile")
    shown = profile.get("display_name") if isinstance(profile, dict) else None
    for found in (shown, user.get("real_name"), user.get("name")):
        if isinstance(found, str) and (name := one_line(found, limit=MOST_NAME)):
            return name
    return ""
