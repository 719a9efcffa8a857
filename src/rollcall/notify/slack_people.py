"""What people are called in Slack, and whether they are ours, asked of Slack once for each of them."""

from __future__ import annotations

from collections.abc import Mapping

from rollcall.errors import DeliveryFailed
from rollcall.notify.markdown import one_line
from rollcall.notify.slack_api import Answer, SlackApi

MOST_NAME = 60
_MOST_KNOWN = 10_000


class SlackPeople:
    """Remember names by Slack ID; used by one thread."""

    def __init__(self, api: SlackApi, known: Mapping[str, str | None]) -> None:
        """Take the API; it needs the scope ``users:read``, and nothing is called yet.

        ``known`` are the people of the settings, their Slack IDs by their names.
        """
        self._api = api
        self._known = {name.casefold(): id_ for name, id_ in known.items()}
        self._names: dict[str, str] = {}

    def say_name(self, person: str, otherwise: str = "") -> str:
        """Say who it is: ``noor (Slack)``, with the ID where another is called so in the settings.

        So nobody of Slack passes for an agent or for a person of the settings. Never raises.
        """
        name = self.name_of(person, otherwise)
        is_another = self._known.get(name.casefold(), person) != person
        return f"{name} {person} (Slack)" if is_another else f"{name} (Slack)"

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


class SlackHome:
    """Remember whose bot we are, to tell our people from guests of a shared channel."""

    def __init__(self, api: SlackApi) -> None:
        """Take the API; nothing is called yet."""
        self._api = api
        self._answer: Answer | None = None

    def find_hosts(self, team: str, enterprise: str) -> str | None:
        """Return what our own team is called where somebody of ``team`` is a guest; None else.

        Nobody is a guest while Slack refuses to say who we are, or does not say whose they are.
        Raises ``DeliveryFailed`` where that is to be asked again.
        """
        if not team:
            return None
        if self._answer is None:
            try:
                self._answer = self._api.call("auth.test", {})
            except DeliveryFailed as failure:
                if not failure.permanent:
                    raise
                return None
        ours, our_enterprise = self._answer.text("team_id"), self._answer.text("enterprise_id")
        is_ours = team == ours or (our_enterprise != "" and enterprise == our_enterprise)
        return None if is_ours or not ours else self._answer.text("team") or ours


def _read_name(user: object) -> str:
    if not isinstance(user, dict):
        return ""
    profile = user.get("profile")
    shown = profile.get("display_name") if isinstance(profile, dict) else None
    for found in (shown, user.get("real_name"), user.get("name")):
        if isinstance(found, str) and (name := one_line(found, limit=MOST_NAME)):
            return name
    return ""
