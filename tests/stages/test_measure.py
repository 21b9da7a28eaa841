"""Which batches stand for an epoch."""

from nmt.stages.measure import van_der_corput


def test_places_are_even_wherever_they_are_cut():
    assert [van_der_corput(number) for number in range(1, 8)] == [
        1 / 2,
        1 / 4,
        3 / 4,
        1 / 8,
        5 / 8,
        3 / 8,
        7 / 8,
    ]
    for count in (3, 10, 24):
        places = sorted(van_der_corput(number) for number in range(1, count + 1))
        gaps = [after - before for before, after in zip([0.0, *places], [*places, 1.0], strict=True)]
        assert max(gaps) <= 2 / (count + 1)
