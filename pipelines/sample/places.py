"""Made-up regions and the kinds of departments, subordinate units and codes they report under."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from schemas.library import Code, CodeList, code_list

ADMIN = "行政单位"
CIVIL = "参照公务员法管理事业单位"
PUBLIC = "事业单位"

_FIRST = "云青安临宁平永丰和清金石松龙凤兴泰新东南西北长大景华乐江湖河"
_SECOND = "岭川溪山阳州宁泉湾原江陵城林台塘桥浦坪源"
_KINDS = ("县", "区", "市")

# 款 whose money is 政府性基金 or otherwise not an ordinary budget line.
_SPECIAL_WORDS = ("基金", "安排的支出", "债")
GENERAL_FUND_ITEMS = (
    "2120801",
    "2120803",
    "2120804",
    "2120899",
    "2121301",
    "2121399",
    "2296002",
    "2296003",
    "2296099",
    "2290401",
)
STATE_CAPITAL_ITEMS = ("2230105", "2230199", "2230301", "2239999")


@dataclass(frozen=True)
class Sector:
    """A line of government: the department's name, the 款 it runs under, and what its units are
    called.
    """

    department: str
    kuan: str
    units: tuple[tuple[str, str], ...]
    since: int = 0

    @property
    def lei(self) -> str:
        return self.kuan[:3]


def _sector(department: str, kuan: str, *units: str, since: int = 0) -> Sector:
    parsed = tuple((u.rstrip("*"), CIVIL if u.endswith("*") else PUBLIC) for u in units)
    return Sector(department, kuan, parsed, since)


SECTORS: tuple[Sector, ...] = (
    _sector("财政局", "20106", "国库支付中心*", "财政投资评审中心", "会计服务中心", "财政信息中心"),
    _sector("统计局", "20105", "普查中心", "社情民意调查中心", "统计执法队*", "数据管理中心"),
    _sector(
        "市场监督管理局",
        "20138",
        "质量检验检测中心",
        "市场监管执法大队*",
        "消费者权益服务中心",
        "计量测试所",
    ),
    _sector(
        "商务局", "20113", "招商服务中心", "会展服务中心", "电子商务发展中心", "市场运行监测中心"
    ),
    _sector(
        "发展和改革局", "20104", "价格认证中心*", "项目服务中心", "能源监测中心", "信用信息中心"
    ),
    _sector(
        "审计局",
        "20108",
        "政府投资审计中心",
        "经济责任审计中心*",
        "审计信息中心",
        "内部审计指导中心",
    ),
    _sector("教育局", "20501", "第一中学", "实验小学", "中心幼儿园", "教师进修学校"),
    _sector("科学技术局", "20601", "生产力促进中心", "科技情报所", "技术市场服务中心", "科技馆"),
    _sector("文化和旅游局", "20701", "图书馆", "文化馆", "博物馆", "文化市场执法队*"),
    _sector(
        "人力资源和社会保障局",
        "20801",
        "社会保险事务中心*",
        "就业服务中心*",
        "人事考试中心",
        "劳动监察大队*",
    ),
    _sector("民政局", "20802", "社会福利院", "救助管理站", "婚姻登记中心", "殡葬管理所"),
    _sector("卫生健康局", "21001", "疾病预防控制中心", "妇幼保健院", "中心卫生院", "卫生监督所*"),
    _sector(
        "生态环境局", "21101", "环境监测站", "环境监察大队*", "固体废物管理中心", "环境信息中心"
    ),
    _sector(
        "住房和城乡建设局",
        "21201",
        "房产交易中心",
        "建设工程质量监督站",
        "市政设施维护所",
        "城建档案馆",
    ),
    _sector(
        "农业农村局",
        "21301",
        "农业技术推广站",
        "动物疫病预防控制中心",
        "农机服务中心",
        "农产品检测站",
    ),
    _sector("水利局", "21303", "河道管理所", "水土保持站", "灌区管理处", "水文监测站"),
    _sector("林业局", "21302", "国有林场", "林业工作站", "森林病虫防治站", "湿地保护中心"),
    _sector("交通运输局", "21401", "公路养护段", "运输管理所*", "航务管理站", "交通工程质量监督站"),
    _sector(
        "经济和信息化局",
        "21505",
        "中小企业服务中心",
        "节能监测中心",
        "工业园区服务中心",
        "无线电监测站",
    ),
    _sector(
        "自然资源和规划局",
        "22001",
        "不动产登记中心",
        "国土空间规划院",
        "地质环境监测站",
        "土地储备中心",
    ),
    _sector("公安局", "20402", "警务保障中心", "交通安全服务中心", "刑事技术中心", "户政服务中心"),
    _sector("司法局", "20406", "法律援助中心", "公证处", "社区矫正中心", "人民调解中心"),
    _sector(
        "粮食和物资储备局", "22201", "粮油质量检测站", "物资储备库", "军粮供应站", "粮食稽查队*"
    ),
    _sector(
        "应急管理局",
        "22401",
        "应急指挥中心",
        "安全生产执法大队*",
        "防灾减灾中心",
        "应急物资库",
        since=2019,
    ),
)


def sectors_for(first_year: int) -> tuple[Sector, ...]:
    return tuple(s for s in SECTORS if s.since <= first_year)


def region_name(index: int) -> str:
    """A made-up region, different for every index."""
    pairs = len(_FIRST) * len(_SECOND)
    first = _FIRST[index % len(_FIRST)]
    second = _SECOND[(index // len(_FIRST)) % len(_SECOND)]
    kind = _KINDS[(index + index // pairs) % len(_KINDS)]
    serial = index // (pairs * len(_KINDS))
    if second == first:
        second = "水"
    return f"{first}{second}{'' if serial == 0 else '第' + str(serial + 1)}{kind}"


def department_name(index: int, sectors: tuple[Sector, ...]) -> tuple[str, str, Sector]:
    """Region, full name and sector of the department with this number; the sectors of a region
    follow each other.
    """
    region = region_name(index // len(sectors))
    sector = sectors[index % len(sectors)]
    return region, region + sector.department, sector


def item(code: str, year: int) -> Code:
    found = code_list("functional").get(code, year)
    if found is None:
        raise KeyError(f"{year} 年没有功能科目 {code}")
    return found


def leaf_items(prefix: str, years: range) -> list[str]:
    """项 codes below a 类 or 款 that hold in every one of the years and are ordinary
    budget lines.
    """
    codes = code_list("functional")
    found = []
    for code in codes.items:
        parent = codes.items.get(code[:5])
        if len(code) != 7 or not code.startswith(prefix) or parent is None:
            continue
        if any(w in parent.name or w in codes.items[code].name for w in _SPECIAL_WORDS):
            continue
        if _holds(codes, code, years):
            found.append(code)
    return found


def _holds(codes: CodeList, code: str, years: range) -> bool:
    """Whether a 项 and those above it are codes of the first and of the last year."""
    return all(codes.get(c, y) for y in (years[0], years[-1]) for c in (code, code[:5], code[:3]))


def running_item(sector: Sector, unit_type: str, years: range) -> str:
    """The 项 a unit's own running costs stand under: 行政运行, 事业运行 or the last 项
    of the 款.
    """
    leaves = leaf_items(sector.kuan, years)
    wanted = "行政运行" if unit_type in (ADMIN, CIVIL) else "事业运行"
    names = code_list("functional").items
    matching = [
        c
        for c in leaves
        if names[c].name in (wanted, "事业机构" if wanted == "事业运行" else wanted)
    ]
    return matching[0] if matching else leaves[-1]


def project_items(sector: Sector, count: int, years: range, rng: Random) -> list[str]:
    """Project lines: first 一般行政管理事务 of the 款, then other items of the same 类."""
    leaves = leaf_items(sector.lei, years)
    own = [c for c in leaves if c.startswith(sector.kuan) and not c.endswith(("01", "50"))]
    others = [c for c in leaves if not c.startswith(sector.kuan)]
    picked = own[:1] + rng.sample(own[1:], min(len(own) - 1, count // 2))
    return sorted({*picked, *rng.sample(others, min(len(others), max(0, count - len(picked))))})
