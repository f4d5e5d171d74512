"""Whoever tries many unknown credentials waits; others, and time, do not suffer for it."""

from appraise.use_cases.guesses import MOST, PERIOD, REMEMBERED, Guesses, network_of


def test_so_many_may_be_tried_at_once_and_again_as_time_goes_by() -> None:
    now = [0.0]
    guesses = Guesses(lambda: now[0])
    for _ in range(MOST):
        assert guesses.wait("192.0.2.1") == 0
        guesses.wrong("192.0.2.1")

    assert guesses.wait("192.0.2.1") == 1
    assert guesses.wait("192.0.2.2") == 0
    now[0] = PERIOD / MOST
    assert guesses.wait("192.0.2.1") == 0
    now[0] = PERIOD
    tried = 0
    while not guesses.wait("192.0.2.1"):
        guesses.wrong("192.0.2.1")
        tried += 1
    assert tried == MOST


def test_many_addresses_take_no_memory_without_end() -> None:
    guesses = Guesses(lambda: 0.0)
    for number in range(REMEMBERED + 10):
        guesses.wrong(str(number))

    assert len(guesses._tried) == REMEMBERED


def test_a_network_of_ipv6_is_one_address() -> None:
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff:2") != network_of("2001:db8:0:1::1")
    assert network_of("192.0.2.1") != network_of("192.0.2.2")
    assert network_of("testclient") == "testclient"
    assert network_of(None) == "None"
