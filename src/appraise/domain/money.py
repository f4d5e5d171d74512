"""Currencies: how many minor digits each has (ISO 4217, amendment 176), with withdrawn ones met in older exports."""

from collections.abc import Mapping
from decimal import Decimal

_TWO_DIGITS = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF "
    "CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF "
    "IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN "
    "MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS "
    "SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW "
    "ZWG"
)
_WITHDRAWN_TWO_DIGITS = "ATS BYN CUC CYP DEM EEK FIM FRF GRD HRK IEP LTL LVL MRO MTL NLG SIT SKK SLL STD TRL VEF ZWL"
_NO_DIGITS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_WITHDRAWN_NO_DIGITS = "BEF BYR ESP ITL LUF PTE"
_THREE_DIGITS = "BHD IQD JOD KWD LYD OMR TND"
_FOUR_DIGITS = "CLF UYW"

MINOR_DIGITS: Mapping[str, int] = {
    code: digits
    for digits, codes in (
        (2, f"{_TWO_DIGITS} {_WITHDRAWN_TWO_DIGITS}"),
        (0, f"{_NO_DIGITS} {_WITHDRAWN_NO_DIGITS}"),
        (3, _THREE_DIGITS),
        (4, _FOUR_DIGITS),
    )
    for code in codes.split()
}


def in_whole_units(minor: int | Decimal, currency: str) -> Decimal:
    """An amount that is stored in minor units; of a currency that is not known, hundredths."""
    return Decimal(minor).scaleb(-MINOR_DIGITS.get(currency, 2))
