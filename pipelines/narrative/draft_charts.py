"""Pictures for a drafted narrative.

Without a Chinese font on the machine there are none: the caller gives the figures as a table.
"""

from __future__ import annotations

import io
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelines.narrative.draft_text import Chart

FONTS = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Microsoft YaHei",
    "SimHei",
    "PingFang SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Noto Sans CJK JP",
    "Noto Serif CJK SC",
    "Noto Serif CJK JP",
    "SimSun",
    "AR PL UMing CN",
)
COLOURS = (
    "#4472C4",
    "#ED7D31",
    "#70AD47",
    "#FFC000",
    "#5B9BD5",
    "#A5A5A5",
    "#264478",
    "#9E480E",
    "#43682B",
    "#7F6000",
)
# per cent: two neighbours of this size still have room for their labels; smaller ones are in the
# legend
SMALL_SLICE = 6.0


@cache
def chinese_font() -> str | None:
    """A font on this machine that has Chinese characters; None if there is none."""
    from matplotlib import font_manager

    there = {f.name for f in font_manager.fontManager.ttflist}
    return next((name for name in FONTS if name in there), None)


def picture(chart: Chart) -> bytes | None:
    """The chart as PNG; None where no Chinese font is there."""
    font = chinese_font()
    if font is None:
        return None
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with rc_context(
        {"font.sans-serif": [font], "font.family": "sans-serif", "axes.unicode_minus": False}
    ):
        figure = Figure(figsize=(6.2, 3.2), dpi=120, layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        (_columns if chart.form == "columns" else _pie)(axes, chart)
        stream = io.BytesIO()
        figure.savefig(
            stream, format="png", bbox_inches="tight", pad_inches=0.15, metadata={"Software": None}
        )
    return stream.getvalue()


def _columns(axes, chart: Chart) -> None:  # type: ignore[no-untyped-def]
    colours = [COLOURS[0] if "收入" in n or "支出" not in n else COLOURS[1] for n in chart.labels]
    bars = axes.bar(chart.labels, chart.values, color=colours, width=0.5)
    axes.bar_label(bars, labels=[f"{v:,.2f}" for v in chart.values], padding=2, fontsize=9)
    axes.set_ylabel("单位：万元", fontsize=9)
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(y=0.15)
    axes.tick_params(labelsize=9)


def _pie(axes, chart: Chart) -> None:  # type: ignore[no-untyped-def]
    """Slices with their share; names and amounts in the legend, so that no labels overlap."""
    values = [max(v, 0.0) for v in chart.values]
    whole = sum(values) or 1.0
    slices = axes.pie(
        values,
        colors=[COLOURS[i % len(COLOURS)] for i in range(len(values))],
        startangle=90,
        counterclock=False,
        autopct=lambda p: f"{p:.2f}%" if p >= SMALL_SLICE else "",
        pctdistance=0.72,
        textprops={"fontsize": 8},
    )[0]
    names = [
        f"{n} {v:,.2f}万元 {v / whole * 100:.2f}%"
        for n, v in zip(chart.labels, values, strict=True)
    ]
    axes.legend(
        slices, names, loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=9, frameon=False
    )
