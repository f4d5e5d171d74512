"""New identifiers: of one length, of letters and digits, each as likely as the others."""

from collections import Counter

from appraise.storage.identifiers import BASE62, LENGTH, new_id


def test_identifiers_have_one_length_and_differ() -> None:
    made = {new_id() for _ in range(1000)}

    assert len(made) == 1000
    assert {len(one) for one in made} == {LENGTH}


def test_no_letter_is_likelier_than_another() -> None:
    """Pearson's chi-squared of 44,000 letters with 61 degrees of freedom; 130 is passed by chance once in a million."""
    counts = Counter("".join(new_id() for _ in range(2000)))
    expected = 2000 * LENGTH / len(BASE62)

    assert counts.keys() == set(BASE62)
    assert sum((count - expected) ** 2 / expected for count in counts.values()) < 130
