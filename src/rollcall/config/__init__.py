"""``config/rollcall.toml`` → one validated ``Settings``; a typo is an error with a hint."""

from __future__ import annotations

from rollcall.config.describe import SettingDoc, TableDoc, describe_settings, describe_tables
from rollcall.config.durations import format_duration, parse_duration
from rollcall.config.ladders import LevelSettings, RouteSettings
from rollcall.config.loading import load_settings
from rollcall.config.sample import render_sample
from rollcall.config.settings import AgentSettings, PersonSettings, Settings
from rollcall.config.targets import Target, parse_target

__all__ = [
    "AgentSettings",
    "LevelSettings",
    "PersonSettings",
    "RouteSettings",
    "SettingDoc",
    "Settings",
    "TableDoc",
    "Target",
    "describe_settings",
    "describe_tables",
    "format_duration",
    "load_settings",
    "parse_duration",
    "parse_target",
    "render_sample",
]
