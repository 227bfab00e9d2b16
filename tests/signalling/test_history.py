"""The last minutes in memory: bounded, in order, unknown where nothing was known."""

from signalling.history import Series


def test_rows_come_back_in_order_from_a_time_on() -> None:
    series = Series(["a", "b"], capacity=10)
    for second in range(5):
        series.add(100.0 + second, {"a": second, "b": 0.12345678})
    times, columns = series.since(101.5)
    assert times == [102.0, 103.0, 104.0]
    assert columns == {"a": [2, 3, 4], "b": [0.1235, 0.1235, 0.1235]}


def test_the_oldest_give_way() -> None:
    series = Series(["a"], capacity=3)
    for second in range(8):
        series.add(float(second), {"a": second})
    assert series.since(-1) == ([5.0, 6.0, 7.0], {"a": [5, 6, 7]})


def test_what_was_not_known_is_none() -> None:
    series = Series(["a", "b"])
    series.add(1.0, {"a": None})
    series.add(2.0, {"a": 0.0, "b": 3_000_000})
    assert series.since(0)[1] == {"a": [None, 0.0], "b": [None, 3_000_000]}


def test_nothing_yet_is_empty() -> None:
    assert Series(["a"]).since(0) == ([], {"a": []})
