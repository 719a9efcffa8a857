"""Slack's answers → what to do next: wait, ask, give up this notice, or switch the sink off.

The codes are those of Slack's reference for each method ("Errors").
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from rollcall.errors import DeliveryFailed

WAIT_WITHOUT_HEADER_S = 30.0

# Nothing gets through until a person changes the token, the app or the workspace.
AUTH_CODES = frozenset(
    {
        "access_denied",
        "account_inactive",
        "app_missing_action_url",
        "ekm_access_denied",
        "enterprise_is_restricted",
        "invalid_auth",
        "missing_scope",
        "no_permission",
        "not_allowed_token_type",
        "not_authed",
        "org_login_required",
        "team_access_not_granted",
        "team_not_found",
        "token_expired",
        "token_revoked",
        "two_factor_setup_required",
    }
)
# Nothing gets into this channel until a person changes the channel or the setting.
CHANNEL_CODES = frozenset(
    {
        "channel_is_frozen",
        "channel_not_found",
        "channel_type_not_supported",
        "is_archived",
        "not_in_channel",
        "posting_to_channel_denied",
        "restricted_action",
        "restricted_action_non_threadable_channel",
        "restricted_action_read_only_channel",
        "restricted_action_thread_locked",
        "restricted_action_thread_only_channel",
    }
)
BLOCK_CODES = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"})
# This message is refused, the next one may be taken.
NOTICE_CODES = BLOCK_CODES | frozenset(
    {
        "as_user_not_supported",
        "invalid_arg_name",
        "invalid_arguments",
        "invalid_array_arg",
        "invalid_charset",
        "invalid_form_data",
        "invalid_json",
        "invalid_metadata_format",
        "invalid_metadata_schema",
        "invalid_post_type",
        "json_not_object",
        "markdown_text_conflict",
        "metadata_must_be_sent_from_app",
        "metadata_too_large",
        "method_deprecated",
        "missing_post_type",
        "msg_too_long",
        "no_text",
        "too_many_attachments",
        "user_not_found",
        "user_not_in_channel",
    }
)
# The message that we wanted to edit is gone or closed: post it anew.
EDIT_CODES = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
# The message that we wanted to reply to is gone: tell it as a message of its own.
THREAD_CODES = frozenset(
    {"cannot_reply_to_message", "message_not_found", "thread_not_found", "invalid_thread_ts"}
)
RATE_CODES = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
# Slack's words for these: "it's possible some aspect of the operation succeeded".
DOUBTFUL_CODES = frozenset(
    {"fatal_error", "internal_error", "request_timeout", "service_unavailable", "unknown_error"}
)

_CODE = re.compile(r"[a-z][a-z0-9_]{2,80}")
_SCOPES = re.compile(r"[a-z0-9_.:, ]{1,300}")


class SlackRefused(DeliveryFailed):
    """Slack answered, and not with ``ok``; ``code`` is its word for why, empty for none."""

    code: str = ""
    needed: str = ""


def refuse(method: str, status: int, data: object, headers: Mapping[str, str]) -> SlackRefused:
    """Make the error for an answer that was not ``ok``; nothing but codes is taken from it."""
    code, needed = _read_code(data), _read_needed(data)
    posts = method == "chat.postMessage"
    doubtful = status >= HTTPStatus.INTERNAL_SERVER_ERROR or code in DOUBTFUL_CODES
    garbled = not code and status == HTTPStatus.OK
    limited = status == HTTPStatus.TOO_MANY_REQUESTS or code in RATE_CODES
    off = code in AUTH_CODES | CHANNEL_CODES
    gone = code in NOTICE_CODES | EDIT_CODES | THREAD_CODES
    refused = SlackRefused(
        _say(method, status, code, needed),
        permanent=not limited and (off or gone),
        retry_after_s=_read_wait_s(headers) if limited else None,
        perhaps_sent=posts and not limited and (doubtful or garbled),
        disables_sink=not limited and off,
    )
    refused.code, refused.needed = code, needed
    return refused


def _say(method: str, status: int, code: str, needed: str) -> str:
    words = code or "an answer that is none of Slack's"
    shown = words if status == HTTPStatus.OK else f"HTTP {status}, {words}"
    return f"Slack {method}: {shown}" + (f" (needs {needed})" if needed else "")


def _read_code(data: object) -> str:
    code = _get(data, "error")
    return code if isinstance(code, str) and _CODE.fullmatch(code) else ""


def _read_needed(data: object) -> str:
    needed = _get(data, "needed")
    return needed if isinstance(needed, str) and _SCOPES.fullmatch(needed) else ""


def _get(data: object, name: str) -> Any:  # noqa: ANN401 - JSON, checked by the callers
    return data.get(name) if isinstance(data, dict) else None


def _read_wait_s(headers: Mapping[str, str]) -> float:
    named = {name.lower(): value for name, value in headers.items()}
    value = str(named.get("retry-after", "")).strip()
    if value.isascii() and value.isdigit() and len(value) < 8:
        return float(value)
    return WAIT_WITHOUT_HEADER_S
