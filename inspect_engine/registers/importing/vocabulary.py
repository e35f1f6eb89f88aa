"""Words of the field's enumerations (枚举词表), Chinese and English, each leading to its stored value."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from inspect_engine.registers.tables import (
    AgencyKind,
    Capacity,
    Grade,
    ItemKind,
    ItemState,
    Level,
    Listing,
    Origin,
    PowerKind,
    RiskClass,
    TargetKind,
    TargetState,
)


def _table(kind: type[StrEnum], chinese: Mapping[str, StrEnum]) -> dict[str, str]:
    return {word: member.value for word, member in chinese.items()} | {m.value.lower(): m.value for m in kind}


LEVELS = _table(
    Level,
    {
        "国家": Level.nation,
        "国家级": Level.nation,
        "省": Level.province,
        "省级": Level.province,
        "市": Level.city,
        "市级": Level.city,
        "县": Level.county,
        "县级": Level.county,
        "区县级": Level.county,
        "镇": Level.town,
        "乡镇": Level.town,
        "街道": Level.town,
        "乡镇级": Level.town,
        "村": Level.village,
        "社区": Level.village,
    },
)
AGENCY_KINDS = _table(
    AgencyKind,
    {
        "机关": AgencyKind.agency,
        "局": AgencyKind.agency,
        "科室": AgencyKind.section,
        "处室": AgencyKind.section,
        "所": AgencyKind.station,
        "基层所": AgencyKind.station,
        "队": AgencyKind.team,
        "执法队": AgencyKind.team,
    },
)
TARGET_KINDS = _table(
    TargetKind,
    {
        "企业": TargetKind.enterprise,
        "个体工商户": TargetKind.sole_trader,
        "个体户": TargetKind.sole_trader,
        "农民专业合作社": TargetKind.cooperative,
        "事业单位": TargetKind.institution,
        "社会组织": TargetKind.social_organisation,
        "机关": TargetKind.state_organ,
        "其他主体": TargetKind.other_body,
        "产品": TargetKind.product,
        "项目": TargetKind.project,
        "行为": TargetKind.behaviour,
    },
)
TARGET_STATES = _table(
    TargetState,
    {
        "存续": TargetState.live,
        "在业": TargetState.live,
        "开业": TargetState.live,
        "正常": TargetState.live,
        "停业": TargetState.suspended,
        "歇业": TargetState.suspended,
        "注销": TargetState.deregistered,
        "吊销": TargetState.licence_revoked,
        "撤销": TargetState.annulled,
        "迁出": TargetState.moved_out,
    },
)
RISK_CLASSES = _table(RiskClass, {f"{c.value}{suffix}": c for c in RiskClass for suffix in ("", "类", "级")})
CAPACITIES = _table(
    Capacity,
    {
        "执法人员": Capacity.officer,
        "检查人员": Capacity.officer,
        "专家": Capacity.expert,
        "辅助人员": Capacity.helper,
    },
)
ORIGINS = _table(
    Origin,
    {
        "抽查": Origin.draw,
        "双随机": Origin.draw,
        "随机抽查": Origin.draw,
        "有因": Origin.reactive,
        "有因检查": Origin.reactive,
        "投诉举报": Origin.reactive,
        "复查": Origin.recheck,
    },
)
ITEM_KINDS = _table(
    ItemKind,
    {
        "重点": ItemKind.key,
        "重点检查事项": ItemKind.key,
        "一般": ItemKind.general,
        "一般检查事项": ItemKind.general,
    },
)
ITEM_STATES = _table(
    ItemState,
    {
        "草稿": ItemState.draft,
        "有效": ItemState.active,
        "在用": ItemState.active,
        "暂停": ItemState.suspended,
        "废止": ItemState.repealed,
    },
)
POWER_KINDS = _table(
    PowerKind,
    {
        "行政许可": PowerKind.licence,
        "行政处罚": PowerKind.penalty,
        "行政强制": PowerKind.coercion,
        "行政征收": PowerKind.levy,
        "行政给付": PowerKind.grant,
        "行政检查": PowerKind.inspection,
        "行政监督检查": PowerKind.inspection,
        "行政确认": PowerKind.confirmation,
        "行政奖励": PowerKind.reward,
        "行政裁决": PowerKind.ruling,
        "其他行政权力": PowerKind.other,
        "其他": PowerKind.other,
    },
)
LISTINGS = _table(
    Listing,
    {
        "无事不扰": Listing.undisturbed,
        "随机抽查": Listing.random,
        "随机": Listing.random,
        "重点监管": Listing.key,
        "重点": Listing.key,
    },
)
GRADES = _table(Grade, {"资深": Grade.senior, "老": Grade.senior, "新进": Grade.junior, "新": Grade.junior})
