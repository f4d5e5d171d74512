"""What `appraise rates` prints."""

from pathlib import Path

from appraise.bootstrap import open_deployment, utc_now
from appraise.cli.output import console, print_json
from appraise.domain.exchange_rates import ExchangeRates
from appraise.settings import Settings
from appraise.use_cases.import_rates import import_rates
from appraise.use_cases.read_rates import read_rates


def import_one(path: Path, *, base: str, reporting: str, json: bool) -> None:
    report = import_rates(
        open_deployment(Settings()), path, base=base.upper(), reporting=reporting.upper(), at=utc_now()
    )
    if json:
        told = {"file": report.file, "read": report.read, "new": report.new, "changed": report.changed}
        print_json({**told, **_plain(report.rates)})
        return
    console.print(
        f"{report.file}: {report.read:,} rates read, {report.new:,} new, {report.changed:,} changed",
        highlight=False,
        soft_wrap=True,
    )
    _print(report.rates)


def print_rates(*, json: bool) -> None:
    rates = read_rates(open_deployment(Settings()))
    if json:
        print_json(_plain(rates))
    else:
        _print(rates)


def _print(rates: ExchangeRates) -> None:
    console.print(
        f"Money is told in {rates.reporting}; rates are units for 1 {rates.base} ({rates.hash[:12]})",
        highlight=False,
        soft_wrap=True,
    )
    for currency, days in rates.by_currency.items():
        console.print(
            f"  {currency}  {days[0][0]} to {days[-1][0]}, {len(days):,} days, last {days[-1][1]:f}", highlight=False
        )


def _plain(rates: ExchangeRates) -> dict[str, object]:
    return {
        "base": rates.base,
        "reporting": rates.reporting,
        "hash": rates.hash,
        "currencies": {
            currency: {"first": days[0][0], "last": days[-1][0], "days": len(days), "rate": f"{days[-1][1]:f}"}
            for currency, days in rates.by_currency.items()
        },
    }
