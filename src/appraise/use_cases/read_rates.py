"""The exchange rates that the next scoring run follows."""

from appraise.domain.exchange_rates import ExchangeRates
from appraise.errors import NotFound
from appraise.storage import exchange_rates
from appraise.use_cases.deployment import Deployment


def read_rates(deployment: Deployment) -> ExchangeRates:
    """Raises `NotFound` where none were imported."""
    with deployment.database.reading() as session:
        rates = exchange_rates.latest(session)
    if rates is None:
        raise NotFound("there are no exchange rates", hint="import them with `appraise rates import FILE`")
    return rates
