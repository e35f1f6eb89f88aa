"""Laws of ratio, frequency, method and requirement texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_engine.registers.importing.faults import Bad
from inspect_engine.registers.importing.frequencies import Frequency, parse_frequency, render_frequency
from inspect_engine.registers.importing.itemtexts import needs_skill, parse_methods
from inspect_engine.registers.importing.ratios import Ratio, parse_ratio, render_ratio
from inspect_engine.registers.tables import Bound, FrequencyForm, RatioForm

ppm = st.integers(1, 1_000_000)
ranges = st.tuples(st.integers(1, 999_998), st.integers(1, 999_999)).filter(lambda pair: pair[0] < pair[1])
shares = ppm | ranges | ppm.map(lambda n: (0, n)) | st.integers(1, 999_999).map(lambda n: (n, 1_000_000))
by_class = st.dictionaries(st.sampled_from("ABCD"), shares, min_size=2).map(
    lambda d: tuple(sorted(d.items()))
)
ratios = (
    st.builds(Ratio, st.sampled_from([RatioForm.minimum, RatioForm.maximum, RatioForm.exact]), ppm)
    | st.just(Ratio(RatioForm.free))
    | st.builds(Ratio, st.just(RatioForm.by_class), st.none(), by_class)
)
bounds = st.sampled_from(Bound)
frequencies = (
    st.builds(Frequency, st.just(FrequencyForm.per_years), bounds, st.integers(1, 99), st.integers(1, 20))
    | st.builds(Frequency, st.just(FrequencyForm.permit_term), bounds, st.integers(1, 99), st.none())
    | st.just(Frequency(FrequencyForm.free))
)


@given(ratios)
def test_ratio_reads_what_it_writes(ratio: Ratio) -> None:
    """Parse after render is the identity for every form of ratio."""
    assert parse_ratio(render_ratio(ratio)) == ratio


@given(frequencies)
def test_frequency_reads_what_it_writes(frequency: Frequency) -> None:
    """Parse after render is the identity for every form of frequency."""
    assert parse_frequency(render_frequency(frequency)) == frequency


@given(ratios, st.sampled_from(["province", "city", "county", "town"]))
def test_a_text_without_levels_speaks_to_all(ratio: Ratio, level: str) -> None:
    """Where no clause names a level, the level asked for makes no difference."""
    assert parse_ratio(render_ratio(ratio), level) == ratio


@pytest.mark.parametrize(
    ("text", "level", "form", "share"),
    [
        ("抽查比例不少于2‰", "county", RatioForm.minimum, 2_000),
        ("不低于3%或按专项计划确定", "county", RatioForm.minimum, 30_000),
        ("根据实际需要，一般不超过10%/年。", "county", RatioForm.maximum, 100_000),
        ("不超过总数的2%", "county", RatioForm.maximum, 20_000),
        ("100％", "county", RatioForm.exact, 1_000_000),
        ("0.5%", "county", RatioForm.exact, 5_000),
        ("结合登记事项检查一并开展", "county", RatioForm.free, None),
        ("根据《关于……的通知》（浙食药监规〔2015〕25号）第3条确定", "county", RatioForm.free, None),
        ("根据《工作规程（2015）》确定", "county", RatioForm.free, None),
        ("省级不超过2%，市、县质监部门结合当地实际制定检查计划", "province", RatioForm.maximum, 20_000),
        ("省级不超过2%，市、县质监部门结合当地实际制定检查计划", "county", RatioForm.free, None),
        ("市局抽查比例不少于30%", "county", RatioForm.minimum, 300_000),
    ],
)
def test_ratio_texts_of_real_lists(text: str, level: str, form: RatioForm, share: int | None) -> None:
    """Real texts are read as a person of that level reads them."""
    assert parse_ratio(text, level) == Ratio(form, share)


def test_ratios_by_class() -> None:
    """Four classes in one text, with a range, a cap and a floor."""
    found = parse_ratio("A类不超过5%，B类5%—20%，C类不少于21%，D类100%")
    assert found.form == RatioForm.by_class
    assert dict(found.by_class) == {
        "A": (0, 50_000),
        "B": (50_000, 200_000),
        "C": (210_000, 1_000_000),
        "D": 1_000_000,
    }


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("抽查10户", "ratio-unclear"),
        ("120%", "ratio-range"),
        ("0%", "ratio-too-fine"),
        ("0.00001%", "ratio-too-fine"),
        ("3%—5%", "ratio-unclear"),
    ],
)
def test_ratios_that_are_none(text: str, code: str) -> None:
    """Numbers that are no ratio are refused, never taken for free."""
    with pytest.raises(Bad, match=code):
        parse_ratio(text)


@pytest.mark.parametrize(
    ("text", "level", "expected"),
    [
        ("每年一次", "county", (Bound.exact, 1, 1)),
        ("1次/年", "county", (Bound.exact, 1, 1)),
        ("1—2次/年", "county", (Bound.maximum, 2, 1)),
        ("每年不少于2次", "county", (Bound.minimum, 2, 1)),
        ("对同一单位每2年抽查不超过1次", "county", (Bound.maximum, 1, 2)),
        ("每两年1次", "county", (Bound.exact, 1, 2)),
        ("根据实际需要，一般不超过2次/年", "county", (Bound.maximum, 2, 1)),
        ("在许可有效期内同一单位不超过2次", "county", (Bound.maximum, 2, None)),
        ("比例不超过10%，每年1次", "county", (Bound.exact, 1, 1)),
        ("每季度不少于1次", "county", (Bound.minimum, 4, 1)),
        ("每半年1次", "county", (Bound.exact, 2, 1)),
        ("市级局每年组织1次；县级局每月组织1次", "county", (Bound.exact, 12, 1)),
        ("市级局每年组织1次；县级局每月组织1次", "city", (Bound.exact, 1, 1)),
        ("按照分层次监管，根据风险高低，依法属地确定。", "county", (None, None, None)),
    ],
)
def test_frequency_texts_of_real_lists(
    text: str, level: str, expected: tuple[Bound | None, int | None, int | None]
) -> None:
    """Real texts are read as a person of that level reads them."""
    found = parse_frequency(text, level)
    assert (found.bound, found.times, found.years) == expected


@pytest.mark.parametrize("text", ["不超过3", "2次", "每年0次"])
def test_frequencies_that_are_none(text: str) -> None:
    """Times without a span, and numbers without times, are refused."""
    with pytest.raises(Bad, match="frequency-unclear"):
        parse_frequency(text)


@pytest.mark.parametrize(
    ("text", "methods"),
    [
        ("现场检查", ["onsite"]),
        ("现场检查与网络系统、档案书式检查相结合", ["onsite", "paper", "network"]),
        ("书面检查", ["paper"]),
        ("非现场监管", ["network"]),
        ("根据不同的产品分别抽取样品", ["onsite"]),
        ("现场检查、查阅文件", ["onsite", "paper"]),
    ],
)
def test_methods(text: str, methods: list[str]) -> None:
    """Every method a text names is found, and no other."""
    assert parse_methods(text) == methods


def test_a_basis_is_no_method() -> None:
    """The title of a document does not count, even where it has the word 现场 in it."""
    with pytest.raises(Bad, match="not-a-method"):
        parse_methods("《特种设备安全法》、总局发布的《特种设备现场安全监督检查规则》中的检查内容及要求")


@pytest.mark.parametrize(
    ("text", "skill"),
    [
        ("无需专业岗位资格", None),
        ("需专业岗位资格", "专业岗位资格"),
        ("需从事易制毒化学品管理工作人员", "易制毒化学品管理"),
        ("应具备特种设备检验资格", "特种设备检验资格"),
    ],
)
def test_requirements(text: str, skill: str | None) -> None:
    """What is needed becomes the skill; that nothing is needed becomes none."""
    assert needs_skill(text) == skill


@pytest.mark.parametrize("text", ["1检查资质情况;2.检查台账;3.检查实际仓储", "检查台账"])
def test_steps_are_no_requirement(text: str) -> None:
    """Steps of work in the column of requirements are a row that has slid."""
    with pytest.raises(Bad, match="not-a-requirement"):
        needs_skill(text)
