"""What is installed is known to these tests, also where they run without the others."""

from appraise.scoring.installed import installed

installed()
