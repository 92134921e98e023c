"""The words beside the demo exports: what they are, what is published and what is not, what is
wrong in them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class PlantedError(Protocol):
    """What the note says of a planted error."""

    @property
    def file(self) -> str: ...
    @property
    def sheet(self) -> str: ...
    @property
    def cell(self) -> str: ...
    @property
    def printed(self) -> str: ...
    @property
    def right(self) -> str: ...
    @property
    def what(self) -> str: ...
    @property
    def rules(self) -> str: ...


_NOTES = """# 演示数据说明

本文件夹是一份小的演示数据：两个部门、五个单位，2022 和 2023 两个年度，另有单位名册 `units.csv`、审核说明 `explanations.yml`
和绩效评分的人工说明 `performance.yml`。
全部由 `python -m pipelines.sample.demo 文件夹` 生成，重复生成结果相同；请不要手工修改。

| 部门 | 文件 | 内容 |
| --- | --- | --- |
| 遂宁经济技术开发区经信商务科技局 | `*/109001_*.xlsx` | 按其 2023 年度公开的数字还原，没有预设差错 |
| 同上 | `2023/109001_*_绩效评价报告.txt` | 绩效评价报告：数字取自公开的报告，文字是自拟的，没有预设差错 |
| 云岭县图书馆（虚构） | `2023/500009002_*_绩效自评.xlsx` | 绩效自评表，有两处预设差错（第 6、7 处） |
| 云岭县文化和旅游局（虚构） | `*/500009*` | 汇总、本级、图书馆、文化馆；2023 年度有七处预设差错，其中文化馆 2022 年度是旧格式 `.xls` |

## 还原的部门：哪些是公开的，哪些是分配的

金额按公开的万元数换算成元，万元以下补零。

公开的数字，照用：

- 收、支总计：2023 年 1031.84 万元；2022 年由增加额 408.62 万元推得 623.22 万元。
- 2023 年基本支出 24.44 万元，全部是公用经费；项目支出 1007.40 万元。资金全部是一般公共预算财政拨款，没有年初、年末结转和结余。
- 2023 年各功能科目的金额。其中几处款、类名称印得不对，这里换成科目表中的编码：统计抽样调查 2010508、对外贸易管理 2011304、
  其他商贸事务支出 2011399、工业和信息产业监管下的行政运行 2150501 和一般行政管理事务 2150502、资源勘探开发下的一般行政管理事务 2150102、
  其他资源勘探工业信息等支出 2159999、其他商业服务业等支出 2169999。重复印出的一类只计一次。
- 2023 年八个经济科目（办公费 14.49、印刷费 3、邮电费 0.8、差旅费 1.1、维修（护）费 0.3、公务接待费 1.13、劳务费 0.56、
  其他商品和服务支出 3.06 万元），合计正好是公用经费。
- “三公”经费：公务接待费 2023 年 1.13 万元，20 批次、226 人次；2022 年由增加额 0.72 万元和增长率 175.1% 推得 0.41 万元（4,107.60 元）。
  没有因公出国（境）和公务用车支出，没有车辆、政府采购和单价 100 万元以上的设备。
- 预算：公开的完成率都是 100%，所以年初预算数、全年预算数与决算数相同。
- 机关运行经费 24.44 万元，与上年持平。
- 绩效：在职人员、年度预算和执行、执行进度、九个项目的金额和数量指标、上一年度审计的问题数。公开的报告中互相矛盾的几处（检查次数、巡诊次数、
  用文字回答的户数）取与目标表一致的一个；违规记录按问题数算分；支出控制按指标体系的八个科目列；成本、效益等其他指标是自拟的。

没有公开、为了能填出整套表而分配的数字，不能当作该部门的实际情况：

- 八个经济科目在三个行政运行项之间的分布；项目支出的经济分类。
- 2022 年除总计、公务接待费和机关运行经费以外的一切：功能科目、项目与基本支出的构成、接待批次和人次。
- 单位编码 109001。

这个部门 2023 年的收支增长超过 20%，公务接待费也比上年多，属于要说明的情形，说明写在 `explanations.yml` 里。

## 虚构部门 2023 年度的七处预设差错

| # | 文件 | 工作表 | 单元格 | 所填 | 应为 | 差错 | 主要由哪些规则发现 |
| --- | --- | --- | --- | --- | --- | --- | --- |
{rows}

下属单位的一个数错了，部门汇总表（`500009_*`）与各单位之和也就对不上，因此第 1 至 3 处还会引出 G-01。第 5 处在汇总表中同样会被 Y-01、Y-02 指出。
除此以外的单位和年度应当没有任何错误；还原的部门有一条提示（在职人员数含劳务派遣和借用人员）。
"""  # noqa: E501 - a Markdown paragraph is one line

_EXPLANATIONS = """# 审核说明：哪些问题是已知的，为什么，由谁说明，到什么时候为止。
explanations:
- rule: Y-07
  unit: {unit}
  year: 2023
  pattern: "Z01[*"
  reason: 新增统计规范化建设补助、企业升规入库奖励等项目，收支规模扩大
  by: 演示
  until: 2099-12-31
- rule: Y-07
  unit: {unit}
  year: 2023
  pattern: "F03[*"
  reason: 公务交流恢复，接待费比上年增加
  by: 演示
  until: 2099-12-31
"""


def notes_text(planted: Sequence[PlantedError]) -> str:
    rows = [
        f"| {n} | `{p.file}` | {p.sheet} | {p.cell} | {p.printed} | {p.right} | {p.what} |"
        f" {p.rules} |"
        for n, p in enumerate(planted, start=1)
    ]
    return _NOTES.format(rows="\n".join(rows))


def explanations_text(unit: str) -> str:
    return _EXPLANATIONS.format(unit=unit)
