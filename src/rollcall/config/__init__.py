"""``config/rollcall.toml`` → one validated ``Settings``; a typo is an error with a hint."""

from __future__ import annotations

from rollcall.config.describe import SettingDoc, describe_settings
from rollcall.config.durations import format_duration, parse_duration
from rollcall.config.loading import load_settings
from rollcall.config.settings import AgentSettings, LevelSettings, PersonSettings, Settings
from rollcall.config.targets import Target, parse_target

__all__ = [
    "AgentSettings",
    "LevelSettings",
    "PersonSettings",
    "SettingDoc",
    "Settings",
    "Target",
    "describe_settings",
    "format_duration",
    "load_settings",
    "parse_duration",
    "parse_target",
]
