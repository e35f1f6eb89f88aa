"""Hypothesis profiles: dev by default, ci where CI is set, night by ``make test-long``.

Both short ones draw the same examples each time, since laws count the cases that they have seen; night goes looking for new ones.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

_slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile(
    "dev", max_examples=50, deadline=None, derandomize=True, suppress_health_check=_slow
)
settings.register_profile(
    "ci", max_examples=100, deadline=None, derandomize=True, suppress_health_check=_slow
)
settings.register_profile("night", max_examples=3000, deadline=None, suppress_health_check=_slow)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev"))
