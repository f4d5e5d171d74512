"""Every indicator of a generated organisation measured on an engine, before anything is rounded: directory, engine.

Prints by indicator how far deviations spread (sd), then deviations and variances of employees; and the seconds of the
engine's start and of the rest, without Python's own.
"""

import json
import sys
import time
from datetime import date
from pathlib import Path

import numpy as np

from appraise.bootstrap import open_deployment
from appraise.domain.periods import Period
from appraise.domain.progress import silent
from appraise.events.engine import scoring_engine
from appraise.scoring.run import measure
from appraise.settings import Settings
from appraise.storage import people
from appraise.use_cases.read_policy import policy_in_force

data, location = Path(sys.argv[1]), sys.argv[2]
deployment = open_deployment(Settings(data=data))
with deployment.database.reading() as session:
    known = people.snapshot(session)
began = time.monotonic()
engine = scoring_engine(location)
started = time.monotonic()
measured = measure(
    deployment.events.snapshot().tables(engine),
    known,
    policy_in_force(data / "policy.toml"),
    Period(date(2025, 1, 1), date(2026, 1, 1)),
    data_as_of=date(2026, 1, 1),
    progress=silent,
)
found = {
    key: [float(np.std(one.deviation)), *map(float, one.deviation), *map(float, one.variance)]
    for key, findings in measured.findings.items()
    if (one := findings.results.measured) is not None
}
seconds = {"start": started - began, "measure": time.monotonic() - started}
sys.stdout.write(json.dumps({"figures": found, "seconds": seconds}) + "\n")
