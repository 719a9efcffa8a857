"""Recorded history through the same judgement, by a clock that is moved from event to event.

Nothing is sent and nothing is kept: the store is in memory. ``stage`` judges what was read from the
files as they stand, ``history`` what their commits brought; ``comparing`` sets two policies side by side.
"""
