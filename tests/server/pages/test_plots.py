"""Plots: the picture tells the figures it was given, to eyes and to readers of screens."""

from xml.etree import ElementTree as ET

import pytest

from sync.server.pages.plots import BOTTOM, HEIGHT, TOP, Plot, Series, bar, columns, legend, nice_step

FLOOR = HEIGHT - BOTTOM


def drawn(plot: Plot) -> ET.Element:
    return ET.fromstring(columns(plot, figure=str, axis=str))


def plot(*series: Series, labels: tuple[str, ...] = ("1", "2"), links: tuple[str, ...] = ()) -> Plot:
    return Plot("sold", "Terjual", "Per hari", labels, series, links)


def heights(svg: ET.Element, place: int) -> list[float]:
    return [float(rect.get("height", "0")) for rect in svg.iter("rect") if rect.get("class") == f"series-{place}"]


def test_a_plot_has_a_name_and_says_what_it_shows():
    svg = drawn(plot(Series("Pribadi", (1, 2))))

    said = {part.get("id"): part.text for part in (svg.find("title"), svg.find("desc")) if part is not None}
    assert said == {"sold-title": "Terjual", "sold-says": "Per hari"}
    assert svg.get("aria-labelledby") == "sold-title sold-says"
    assert svg.get("role") == "img"


def test_columns_are_as_high_as_their_figures():
    svg = drawn(plot(Series("Pribadi", (50, 100))))

    assert heights(svg, 1) == [pytest.approx((FLOOR - TOP) / 2, abs=0.1), pytest.approx(FLOOR - TOP, abs=0.1)]


def test_series_are_stacked_one_on_the_other():
    svg = drawn(plot(Series("Pribadi", (60, 0)), Series("Kantor", (40, 0))))

    lower, upper = (rect for rect in svg.iter("rect") if (rect.get("class") or "").startswith("series"))
    assert float(lower.get("y", "")) + float(lower.get("height", "")) == pytest.approx(FLOOR, abs=0.1)
    assert float(upper.get("y", "")) + float(upper.get("height", "")) == pytest.approx(
        float(lower.get("y", "")), abs=0.1
    )


def test_a_day_with_more_refunds_than_sales_hangs_below_zero():
    svg = drawn(plot(Series("Pribadi", (100, -100))))

    sold, back = (rect for rect in svg.iter("rect") if rect.get("class") == "series-1")
    zero = float(sold.get("y", "")) + float(sold.get("height", ""))
    assert float(back.get("y", "")) == pytest.approx(zero, abs=0.1)
    assert float(back.get("height", "")) == pytest.approx(float(sold.get("height", "")), abs=0.1)


def test_refunds_of_several_series_hang_one_below_the_other_whatever_stands_above():
    svg = drawn(plot(Series("Pribadi", (60,)), Series("Kantor", (-40,)), Series("Lain", (-20,)), labels=("1",)))

    above, first, second = (
        (float(rect.get("y", "")), float(rect.get("y", "")) + float(rect.get("height", "")))
        for rect in svg.iter("rect")
        if (rect.get("class") or "").startswith("series")
    )
    (zero,) = (float(line.get("y1", "")) for line in svg.iter("line") if line.get("class") == "zero")
    assert (above[1], first[0], second[0]) == pytest.approx((zero, zero, first[1]), abs=0.11)
    assert second[1] > first[1] > zero


def test_pointing_at_a_column_tells_every_figure_in_it():
    svg = drawn(plot(Series("Pribadi", (60, 1)), Series("Kantor", (40, 2)), labels=("Sen", "Sel")))

    assert [title.text for title in svg.findall("g/title")] == [
        "Sen: Pribadi 60; Kantor 40",
        "Sel: Pribadi 1; Kantor 2",
    ]


def test_a_column_leads_to_what_it_is_made_of():
    svg = drawn(plot(Series("Pribadi", (1, 2)), links=("/a?x=1&y=2", "/b")))

    assert [link.get("href") for link in svg.iter("a")] == ["/a?x=1&y=2", "/b"]
    assert [link.get("aria-label") for link in svg.iter("a")] == ["1: Pribadi 1", "2: Pribadi 2"]


def test_names_cannot_bring_marks_into_the_picture():
    named = Plot("k", "<b>", '"&<', ("<i>",), (Series("</svg><script>", (1,)),), ('/?q="><script>',))

    assert "<script" not in columns(named, figure=str, axis=str)
    assert "<b>" not in columns(named, figure=str, axis=str)
    assert "<script" not in legend(["<script>"])


def test_nothing_sold_is_an_empty_plot_with_its_axis():
    svg = drawn(plot(Series("Pribadi", (0, 0))))

    assert heights(svg, 1) == []
    assert [text.text for text in svg.findall("text") if text.get("class") == "axis"] == ["0", "1"]


def test_no_days_at_all_draw():
    assert drawn(plot(Series("Pribadi", ()), labels=())).findall("g") == []


def test_a_narrow_screen_shows_fewer_days():
    days = tuple(f"{day} Nov" for day in range(1, 32))
    texts = list(drawn(plot(Series("x", (1,) * 31), labels=days)).findall("text"))

    shown = [text.text for text in texts if (text.get("class") or "").startswith("label")]
    always = [text.text for text in texts if text.get("class") == "label"]
    assert shown == [f"{day} Nov" for day in range(1, 32, 2)]
    assert always == ["1 Nov", "7 Nov", "13 Nov", "19 Nov", "25 Nov", "31 Nov"]


@pytest.mark.parametrize(
    ("span", "step"),
    [(1, 1), (4, 1), (5, 2), (8, 2), (20, 5), (21, 10), (400, 100), (1_300_000, 500_000), (10**15, 5 * 10**14)],
)
def test_lines_stand_at_round_figures(span: int, step: int):
    assert nice_step(span) == step


def test_a_plot_of_more_series_than_colours_is_refused():
    with pytest.raises(ValueError, match="more series than colours"):
        columns(plot(*(Series(str(one), (1, 1)) for one in range(6))), figure=str, axis=str)


def test_a_series_has_a_figure_for_each_label():
    with pytest.raises(ValueError, match="differ in length"):
        columns(plot(Series("x", (1,))), figure=str, axis=str)


def test_a_bar_shows_its_parts_of_the_longest():
    svg = ET.fromstring(bar((25, 50), 100))

    assert [(rect.get("x"), rect.get("width")) for rect in svg.iter("rect")] == [
        ("0.00%", "25.00%"),
        ("25.00%", "50.00%"),
    ]
    assert svg.get("aria-hidden") == "true"


def test_a_bar_is_no_longer_than_its_room():
    svg = ET.fromstring(bar((80, 50, 10), 100))

    assert [rect.get("width") for rect in svg.iter("rect")] == ["80.00%", "20.00%", "0.00%"]


def test_a_bar_of_less_than_nothing_is_empty():
    assert [rect.get("width") for rect in ET.fromstring(bar((-5,), 100)).iter("rect")] == ["0.00%"]
    assert [rect.get("width") for rect in ET.fromstring(bar((0,), 0)).iter("rect")] == ["0.00%"]
