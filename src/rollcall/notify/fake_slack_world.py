"""What the fake Slack remembers and how it answers: channels, messages, threads, edits, scopes."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from rollcall.clock import Clock
from rollcall.notify.fake_slack_blocks import find_complaints

MOST_TEXT = 40_000
MOST_PAGE = 999
USUAL_PAGE = 100
_MICROSECOND = Decimal("0.000001")
_MARKUP = re.compile(r"<[^<>\s][^<>]*>")

Arguments = Mapping[str, Any]
Reply = dict[str, Any]


@dataclass(slots=True)
class FakeMessage:
    """One message as it stands now; ``edits`` are the texts that it had before."""

    channel: str
    ts: str
    text: str
    blocks: list[dict[str, Any]]
    metadata: dict[str, Any] | None
    thread_ts: str | None = None
    broadcast: bool = False
    deleted: bool = False
    frozen: str = ""
    edits: list[str] = field(default_factory=list)

    @property
    def key(self) -> str | None:
        """Return the key in the metadata, if any."""
        return None if self.metadata is None else self.metadata["event_payload"].get("key")

    @property
    def objects(self) -> list[dict[str, Any]]:
        """Return every text object of the blocks, in reading order."""
        return [one for block in self.blocks for one in _walk_texts(block)]

    @property
    def words(self) -> str:
        """Return what a reader of the channel sees: the words of all blocks, one line each."""
        shown = [one["text"] for one in self.objects] or [self.text]
        return html.unescape("\n".join(shown))

    @property
    def controls(self) -> list[tuple[str, list[str]]]:
        """Return what can be pressed: for each block that has something its id and the labels."""
        found = []
        for block in self.blocks:
            own = block.get("elements", ()) if block.get("type") == "actions" else ()
            menu = block.get("accessory", {}).get("options", ())
            texts = [one.get("text") or one.get("placeholder") for one in (*own, *menu)]
            if texts:
                found.append((block["block_id"], [one["text"] for one in texts]))
        return found

    @property
    def markup(self) -> list[str]:
        """Return what Slack would act on, in the text and in every block: ``<@U1>``, a link."""
        texts = [self.text, *(one["text"] for one in self.objects)]
        return [found for text in texts for found in _MARKUP.findall(text)]


@dataclass(frozen=True, slots=True)
class FakeWhisper:
    """One message that only one person sees; ``plain``: nothing in it is formatted."""

    channel: str
    user: str
    text: str
    plain: bool = False


@dataclass(slots=True)
class FakeChannel:
    """One channel: whether the bot is in it, it is archived, and blocks are taken in it."""

    id: str
    member: bool = True
    archived: bool = False
    takes_blocks: bool = True


class SlackWorld:
    """Carry out Web API methods on remembered messages; not safe for threads by itself."""

    def __init__(self, clock: Clock, channels: Sequence[str], scopes: Sequence[str]) -> None:
        self.channels = {name: FakeChannel(name) for name in channels}
        self.scopes = set(scopes)
        self.messages: list[FakeMessage] = []
        self.whispers: list[FakeWhisper] = []
        self.people: dict[str, str] = {}
        self.enterprise: str | None = None
        self._clock = clock
        self._last_ts = Decimal(0)
        self._methods: dict[str, Callable[[Arguments], Reply]] = {
            "auth.test": self._test_auth,
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "chat.postEphemeral": self._whisper,
            "users.info": self._tell_person,
            "conversations.history": self._read_history,
            "conversations.replies": self._read_replies,
        }

    def carry_out(self, method: str, arguments: Arguments) -> Reply:
        """Answer one call as Slack would; refusals are answers too (``ok: false``)."""
        known = self._methods.get(method)
        if known is None:
            return refusal("unknown_method")
        needed = self._find_needed(method, str(arguments.get("channel", "")))
        if needed and not self.scopes & set(needed.split(",")):
            return refusal("missing_scope", needed=needed, provided=",".join(sorted(self.scopes)))
        return known(arguments)

    def get(self, ts: str) -> FakeMessage | None:
        """Return the message that stands under ``ts``, deleted ones left out."""
        return next((one for one in self.messages if one.ts == ts and not one.deleted), None)

    def _find_needed(self, method: str, channel: str) -> str:
        if method.startswith("chat."):
            return "chat:write"
        if method.startswith("users."):
            return "users:read"
        if method.startswith("conversations."):
            return "groups:history" if channel.startswith("G") else "channels:history"
        return ""

    def _test_auth(self, _arguments: Arguments) -> Reply:
        return {
            "ok": True,
            "url": "https://example.slack.com/",
            "team": "Example",
            "user": "rollcall",
            "team_id": "T0123456789",
            "user_id": "U0ROLLCALL0",
            "bot_id": "B0123456789",
            "enterprise_id": self.enterprise,
        }

    def _post(self, arguments: Arguments) -> Reply:
        channel = self.channels.get(str(arguments.get("channel", "")))
        wrong = self._find_channel_fault(channel) or _find_content_fault(arguments)
        if wrong is not None or channel is None:
            return wrong or refusal("channel_not_found")
        if arguments.get("blocks") and not channel.takes_blocks:
            return refusal("invalid_blocks")
        thread = arguments.get("thread_ts")
        if thread is not None:
            root = self.get(str(thread))
            if root is None or root.channel != channel.id:
                return refusal("thread_not_found")
            thread = root.thread_ts or root.ts
        message = FakeMessage(
            channel=channel.id,
            ts=self._next_ts(),
            text=arguments["text"],
            blocks=list(arguments.get("blocks") or []),
            metadata=arguments.get("metadata"),
            thread_ts=thread,
            broadcast=bool(thread) and is_true(arguments.get("reply_broadcast")),
        )
        self.messages.append(message)
        return {
            "ok": True,
            "channel": channel.id,
            "ts": message.ts,
            "message": self._show(message, metadata=True),
        }

    def _update(self, arguments: Arguments) -> Reply:
        message = self.get(str(arguments.get("ts", "")))
        if str(arguments.get("channel", "")) not in self.channels:
            return refusal("channel_not_found")
        if message is None or message.channel != arguments["channel"]:
            return refusal("message_not_found")
        if message.frozen:
            return refusal(message.frozen)
        wrong = _find_content_fault(arguments)
        if wrong is not None:
            return wrong
        before, message.text = message.text, arguments["text"]
        # Slack's reference: blocks that are not given stay as they are; an empty list takes them away.
        message.blocks = list(arguments.get("blocks", message.blocks))
        message.metadata = arguments.get("metadata") or message.metadata
        message.edits.append(before)  # last: who waits for an edit sees all of it
        return {"ok": True, "channel": message.channel, "ts": message.ts, "text": message.text}

    def _whisper(self, arguments: Arguments) -> Reply:
        channel = self.channels.get(str(arguments.get("channel", "")))
        wrong = self._find_channel_fault(channel) or _find_content_fault(arguments)
        if wrong is not None or channel is None:
            return wrong or refusal("channel_not_found")
        if str(arguments.get("user")) not in self.people:
            return refusal("user_not_in_channel")
        objects = [one for block in arguments.get("blocks", ()) for one in _walk_texts(block)]
        plain = bool(objects) and all(one["type"] == "plain_text" for one in objects)
        told = FakeWhisper(channel.id, str(arguments["user"]), arguments["text"], plain)
        self.whispers.append(told)
        return {"ok": True, "message_ts": self._next_ts()}

    def _tell_person(self, arguments: Arguments) -> Reply:
        id_ = str(arguments.get("user", ""))
        if id_ not in self.people:
            return refusal("user_not_found")
        profile = {"display_name": self.people[id_]}
        return {"ok": True, "user": {"id": id_, "name": "handle", "profile": profile}}

    def _read_history(self, arguments: Arguments) -> Reply:
        channel = self.channels.get(str(arguments.get("channel", "")))
        wrong = self._find_channel_fault(channel, reading=True)
        if wrong is not None or channel is None:
            return wrong or refusal("channel_not_found")
        shown = [
            one
            for one in reversed(self.messages)
            if one.channel == channel.id and (one.thread_ts is None or one.broadcast)
        ]
        return self._page([one for one in shown if not one.deleted], arguments)

    def _read_replies(self, arguments: Arguments) -> Reply:
        root = self.get(str(arguments.get("ts", "")))
        if str(arguments.get("channel", "")) not in self.channels:
            return refusal("channel_not_found")
        if root is None or root.channel != arguments["channel"]:
            return refusal("thread_not_found")
        return self._page([root, *self._find_replies(root)], arguments, always=root)

    def _find_replies(self, root: FakeMessage) -> list[FakeMessage]:
        return [one for one in self.messages if one.thread_ts == root.ts and not one.deleted]

    def _find_channel_fault(
        self, channel: FakeChannel | None, *, reading: bool = False
    ) -> Reply | None:
        if channel is None:
            return refusal("channel_not_found")
        if channel.archived and not reading:
            return refusal("is_archived")
        if not channel.member and (reading or "chat:write.public" not in self.scopes):
            return refusal("not_in_channel")
        return None

    def _page(
        self, messages: list[FakeMessage], arguments: Arguments, always: FakeMessage | None = None
    ) -> Reply:
        oldest = Decimal(str(arguments.get("oldest") or "0"))
        kept = [one for one in messages if one is always or Decimal(one.ts) >= oldest]
        limit = min(int(arguments.get("limit") or USUAL_PAGE), MOST_PAGE)
        start = int(arguments.get("cursor") or 0)
        metadata = is_true(arguments.get("include_all_metadata"))
        more = start + limit < len(kept)
        return {
            "ok": True,
            "messages": [self._show(one, metadata=metadata) for one in kept[start : start + limit]],
            "has_more": more,
            "response_metadata": {"next_cursor": str(start + limit) if more else ""},
        }

    def _show(self, message: FakeMessage, *, metadata: bool) -> Reply:
        shown: Reply = {
            "type": "message",
            "ts": message.ts,
            "text": message.text,
            "blocks": message.blocks,
        }
        if metadata and message.metadata is not None:
            shown["metadata"] = message.metadata
        if message.thread_ts is not None:
            shown["thread_ts"] = message.thread_ts
        replies = self._find_replies(message)
        if replies:
            shown |= {
                "thread_ts": message.ts,
                "reply_count": len(replies),
                "latest_reply": replies[-1].ts,
            }
        return shown

    def _next_ts(self) -> str:
        now = Decimal(f"{self._clock.now().timestamp():.6f}")
        self._last_ts = max(now, self._last_ts + _MICROSECOND)
        return f"{self._last_ts:.6f}"


def refusal(code: str, **more: object) -> Reply:
    """Return Slack's answer to a call that it refuses."""
    return {"ok": False, "error": code, **more}


def is_true(value: object) -> bool:
    """Read a boolean as JSON and forms bear it."""
    return value is True or str(value).lower() in {"1", "true"}


def _find_content_fault(arguments: Arguments) -> Reply | None:
    # Slack takes blocks without text; ours must speak to screen readers and phones, so here it is
    # refused.
    text = arguments.get("text")
    if not isinstance(text, str) or not text:
        return refusal("no_text")
    if len(text) > MOST_TEXT:
        return refusal("msg_too_long")
    blocks = arguments.get("blocks")
    complaints = find_complaints(blocks) if blocks is not None else []
    if complaints:
        return refusal("invalid_blocks", response_metadata={"messages": complaints})
    return _find_metadata_fault(arguments.get("metadata"))


def _find_metadata_fault(metadata: object) -> Reply | None:
    if metadata is None:
        return None
    if not isinstance(metadata, dict) or set(metadata) != {"event_type", "event_payload"}:
        return refusal("invalid_metadata_format")
    kind, payload = metadata["event_type"], metadata["event_payload"]
    if not isinstance(kind, str) or not kind or not isinstance(payload, dict):
        return refusal("invalid_metadata_format")
    return None


def _walk_texts(block: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if block.get("type") == "actions":
        return
    candidates = [block.get("text"), *block.get("fields", ()), *block.get("elements", ())]
    yield from (one for one in candidates if isinstance(one, dict))
