"""One native Excel chart: drawn by XlsxWriter, or only its series, to go into a template that has
the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.intake.xmltext import escape

COLORS = (
    "2F5597",
    "C55A11",
    "548235",
    "BF9000",
    "7030A0",
    "00808A",
    "A5415C",
    "5B6770",
    "8FAADC",
    "F4B183",
    "A9D18E",
    "FFD966",
)
MARKERS = ("circle", "square", "diamond", "triangle", "x", "plus", "star")
WIDTH, HEIGHT = 620, 340
DATA_COLUMN = 2  # of the sheet, where the names of the data stand
SMALL = 4.0  # per cent below which a slice is named in the legend only
FONT = {"name": "微软雅黑", "size": 9}
_FONT = (
    '<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="900" baseline="0"><a:latin'
    ' typeface="微软雅黑"/></a:defRPr></a:pPr><a:endParaRPr lang="en-US"/></a:p></c:txPr>'
)
_NUMBERS = f'<c:numFmt formatCode="#,##0.00" sourceLinked="0"/>{_FONT}'

_PERCENT = f'<c:numFmt formatCode="0.00%" sourceLinked="0"/>{_FONT}'


@dataclass(slots=True)
class Drawing:
    """A chart and its data. ``heads`` name the amount columns, ``row`` is where their header stands
    in ``sheet`` (from zero).

    None is an amount that is not known. ``whole`` is what the parts of a pie are shares of, called
    ``whole_name``; parts below zero come last and are no slices.
    """

    title: str
    kind: str
    heads: tuple[str, ...]
    rows: Sequence[tuple[str, Sequence[float | None]]]
    sheet: str = "图表"
    row: int = 0
    whole: float = 0
    whole_name: str = "合计"

    @property
    def is_empty(self) -> bool:
        return not any(any(values) for _, values in self.rows)

    @property
    def below_zero(self) -> bool:
        return self.kind != "pie" and any((v or 0) < 0 for _, values in self.rows for v in values)

    @property
    def slices(self) -> Sequence[tuple[str, Sequence[float | None]]]:
        """What is drawn: all but the negative parts of a pie."""
        return (
            [row for row in self.rows if (row[1][0] or 0) > 0] if self.kind == "pie" else self.rows
        )

    @property
    def drawn_total(self) -> float:
        """What the slices of a pie make up."""
        return sum(values[0] or 0 for _, values in self.slices)

    def _color(self, number: int) -> str:
        return COLORS[number % len(COLORS)]

    def _ref(self, first: tuple[int, int], last: tuple[int, int] | None = None) -> str:
        """A range of the data by (row of the sheet, column of the data), both from zero."""
        cells = [
            f"${'ABCDEFGH'[column + DATA_COLUMN]}${row + 1}"
            for row, column in ((first, last) if last else (first,))
        ]
        return f"'{self.sheet}'!{':'.join(cells)}"

    def _area(self) -> tuple[int, int]:
        return self.row + 1, self.row + len(self.slices)

    # by XlsxWriter

    def drawn(self, file: Any) -> Any:
        """The whole chart, for ``insert_chart``."""
        chart = file.add_chart({"type": self.kind})
        for number in range(len(self._entries())):
            chart.add_series(self._options(number))
        chart.set_title({"name": f"{self.title}（单位：万元）", "name_font": {**FONT, "size": 12}})
        chart.set_legend({"position": "right" if self.kind == "pie" else "bottom", "font": FONT})
        if self.kind != "pie":
            lines = {"visible": True, "line": {"color": "D9D9D9"}}
            floor = None if self.below_zero else 0
            chart.set_y_axis(
                {"num_format": "#,##0", "num_font": FONT, "major_gridlines": lines, "min": floor}
            )
            chart.set_x_axis({"num_font": FONT})
        chart.set_size({"width": WIDTH, "height": HEIGHT})
        return chart

    def _entries(self) -> list[str]:
        """The names of the series: lines of the table for a line chart, else its columns."""
        return [label for label, _ in self.rows] if self.kind == "line" else list(self.heads)

    def _options(self, number: int) -> dict[str, Any]:
        name, categories, values = self._refs(number)
        options: dict[str, Any] = {
            "name": f"={name}",
            "categories": f"={categories}",
            "values": f"={values}",
        }
        if self.kind == "line":
            return options | {
                "line": {"color": self._color(number), "width": 2},
                "marker": {"type": MARKERS[number % 7], "size": 7},
            }
        labels: dict[str, Any] = {"value": True, "font": FONT, "num_format": "#,##0.00"}
        if self.kind == "column":
            return options | {
                "fill": {"color": self._color(number)},
                "gap": 90,
                "data_labels": labels,
            }
        labels = {
            "percentage": True,
            "font": FONT,
            "num_format": "0.00%",
            "position": "outside_end",
            "leader_lines": True,
            "custom": [{"delete": True} if small else {} for small in self._small()],
        }
        points = [
            {"fill": {"color": self._color(i)}, "border": {"color": "FFFFFF"}}
            for i in range(len(self.slices))
        ]
        return options | {"points": points, "data_labels": labels}

    def _small(self) -> list[bool]:
        """Slices too small for a label of their own: labels would lie over each other."""
        return [100 * (values[0] or 0) / self.drawn_total < SMALL for _, values in self.slices]

    def _refs(self, number: int) -> tuple[str, str, str]:
        first, last = self._area()
        if self.kind == "line":
            here, end = first + number, len(self.heads)
            return (
                self._ref((here, 0)),
                self._ref((self.row, 1), (self.row, end)),
                self._ref((here, 1), (here, end)),
            )
        column = 1 + number
        return (
            self._ref((self.row, column)),
            self._ref((first, 0), (last, 0)),
            self._ref((first, column), (last, column)),
        )

    # only the series

    def series(self) -> str:
        """The series as XML, with the numbers they show."""
        return "".join(self._one(number, name) for number, name in enumerate(self._entries()))

    def _one(self, number: int, name: str) -> str:
        at_name, at_categories, at_values = self._refs(number)
        if self.kind == "line":
            categories, values = list(self.heads), list(self.rows[number][1])
        else:
            categories, values = (
                [label for label, _ in self.slices],
                [v[number] for _, v in self.slices],
            )
        looks, labels = self._looks(number)
        return (
            f'<c:ser><c:idx val="{number}"/><c:order'
            f' val="{number}"/><c:tx>{_strings(at_name, [name])}</c:tx>{looks}{labels}'
            f"<c:cat>{_strings(at_categories, categories)}</c:cat>"
            f"<c:val>{_numbers(at_values, values)}</c:val></c:ser>"
        )

    def _looks(self, number: int) -> tuple[str, str]:
        fill = f'<a:solidFill><a:srgbClr val="{self._color(number)}"/></a:solidFill>'
        if self.kind == "line":
            marker = (
                f'<c:marker><c:symbol val="{MARKERS[number % 7]}"/><c:size val="7"/></c:marker>'
            )
            return f'<c:spPr><a:ln w="25400">{fill}</a:ln></c:spPr>{marker}', ""
        if self.kind == "column":
            return f"<c:spPr>{fill}</c:spPr>", f'<c:dLbls>{_NUMBERS}<c:showVal val="1"/></c:dLbls>'
        white = '<a:ln><a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill></a:ln>'
        points = "".join(
            f'<c:dPt><c:idx val="{i}"/><c:spPr><a:solidFill><a:srgbClr'
            f' val="{self._color(i)}"/></a:solidFill>{white}</c:spPr></c:dPt>'
            for i in range(len(self.slices))
        )
        hidden = "".join(
            f'<c:dLbl><c:idx val="{i}"/><c:delete val="1"/></c:dLbl>'
            for i, small in enumerate(self._small())
            if small
        )
        labels = (
            f'<c:dLbls>{hidden}{_PERCENT}<c:dLblPos val="outEnd"/><c:showPercent val="1"/>'
            '<c:showLeaderLines val="1"/></c:dLbls>'
        )
        return points, labels


def _strings(ref: str, values: list[str]) -> str:
    points = "".join(f'<c:pt idx="{i}"><c:v>{escape(v)}</c:v></c:pt>' for i, v in enumerate(values))
    return (
        f"<c:strRef><c:f>{ref}</c:f><c:strCache><c:ptCount"
        f' val="{len(values)}"/>{points}</c:strCache></c:strRef>'
    )


def _numbers(ref: str, values: list[float | None]) -> str:
    """The range with its numbers; one that is not known has no point."""
    points = "".join(
        f'<c:pt idx="{i}"><c:v>{v:.16G}</c:v></c:pt>' for i, v in enumerate(values) if v is not None
    )
    return (
        f"<c:numRef><c:f>{ref}</c:f><c:numCache><c:formatCode>General</c:formatCode>"
        f'<c:ptCount val="{len(values)}"/>{points}</c:numCache></c:numRef>'
    )
