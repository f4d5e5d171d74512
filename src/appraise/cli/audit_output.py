"""What `appraise audit` does and prints."""

from pathlib import Path

from appraise.bootstrap import open_deployment, utc_now
from appraise.cli.output import console, print_json
from appraise.domain.audit import AuditEntry
from appraise.settings import Settings
from appraise.use_cases.export_audit import export_audit, exported_entries
from appraise.use_cases.verify_audit import verdict_of, verify_audit


def verify_and_print(file: Path | None, *, head: str | None, json: bool) -> bool:
    """Whether the chain holds."""
    if file is None:
        verdict = verify_audit(open_deployment(Settings()), kept=head)
    else:
        verdict = verdict_of(exported_entries(file), kept=head)
    broken = verdict.first_break
    if json:
        print_json(
            {
                "holds": verdict.holds,
                "lines": verdict.entries,
                "head": verdict.head,
                "first_break": None if broken is None else broken.sequence,
                "has_head": verdict.has_head,
                "withheld": verdict.withheld,
            }
        )
        return verdict.holds
    console.print(f"{verdict.entries:,} lines, head {verdict.head}", highlight=False, soft_wrap=True)
    if broken is not None:
        line = "withheld"
        if isinstance(broken, AuditEntry):
            line = f"{broken.action} by {broken.actor}, {broken.at:%Y-%m-%d %H:%M}"
        words = f"The chain breaks at line {broken.sequence} ({line}): it was changed, removed or moved."
        console.print(words, highlight=False, soft_wrap=True)
    if verdict.withheld:
        words = (
            f"{verdict.withheld:,} lines are withheld from whoever took the file; their places in the chain are right."
        )
        console.print(words, highlight=False, soft_wrap=True)
    if verdict.has_head is False:
        console.print("The head that was kept is not in the log: lines were cut off or written anew.")
    if verdict.holds:
        console.print("The chain holds.")
    return verdict.holds


def export_to(file: Path) -> None:
    with file.open("wb") as target:
        written = export_audit(open_deployment(Settings()), by="command line", write=target.write, at=utc_now())
    console.print(f"{written:,} lines in {file}", highlight=False)
