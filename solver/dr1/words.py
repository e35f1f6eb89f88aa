"""The report's words, Chinese and English: each check, and each thing a check can come upon.

A template's braces name parameters of the finding. A code of the protocol's core that has no words here is shown as it is.
"""

from __future__ import annotations

Pair = tuple[str, str]  # zh, en

CHECKS: dict[str, Pair] = {
    "deep.caps": (
        "放宽的上限已是最小（深度核验）",
        "raised caps are the smallest that can be kept (deeper audit)",
    ),
    "deep.loads": ("工作量尽可能均衡（深度核验）", "loads are as even as the rules allow (deeper audit)"),
    "deep.zeros": (
        "没有概率的组合确实在任何安排中都不可能（深度核验）",
        "pairs without weight are impossible in every staffing, and no others (deeper audit)",
    ),
    "files.container": ("证明包可以打开", "the pack can be opened"),
    "files.manifest": ("清单文件完好", "the manifest is well formed"),
    "files.listed": ("包内文件与清单一一对应", "the pack holds just the files that its manifest lists"),
    "files.hashes": ("每个文件的杂凑值与清单一致", "every file has the hash that the manifest gives"),
    "files.copy": (
        "完整本不缺文件，公开本不含密件",
        "a full copy lacks nothing, a public copy holds nothing sealed",
    ),
    "files.form": ("各文件为规范 JSON", "all files are canonical JSON"),
    "files.rows": ("各行的字段、类型与取值合规", "every row has the right fields, types and ranges"),
    "files.order": ("各行与列表按规定排序", "rows and lists are in their order"),
    "files.once": ("不得重复者无重复", "nothing stands twice that may stand once"),
    "draw.same": (
        "各处的抽取编号、杂凑算法与协议一致",
        "one draw, one hash and one protocol are named everywhere",
    ),
    "draw.number": ("抽取连续编号，首尾相接", "the draw is numbered, and chained to the one before"),
    "draw.previous": ("与上一次抽取相衔接", "the draw before is the one that is named"),
    "roots.frame": ("抽样框与事前承诺一致", "the frame is the one committed to"),
    "roots.exclusions": ("排除名单与事前承诺一致", "the exclusions are those committed to"),
    "roots.pool": ("执法人员库与事前承诺一致", "the pool of officers is the one committed to"),
    "roots.relations": ("回避关系与事前承诺一致", "the relations are those committed to"),
    "roots.sample": ("抽取结果与第二次承诺一致", "the sample is the one the second stage committed to"),
    "roots.routes": ("检查批次与事前承诺一致", "the routes are those committed to"),
    "roots.changes": ("人员变动与事前承诺一致", "the changes of officers are those committed to"),
    "roots.weights": ("选派概率与事前承诺一致", "the weights are those committed to"),
    "roots.potentials": (
        "概率的最优性证明与事前承诺一致",
        "the proof of the weights is the one committed to",
    ),
    "frame.strata": (
        "各层抽取数不超过总数，一项任务一个组",
        "no stratum gives more than it has; a task has one group",
    ),
    "frame.populations": ("各层总数与抽样框行数相符", "populations count the frame's rows"),
    "frame.apart": ("无人既在框内又被排除", "nobody is both in and out of a task"),
    "pool.relations": ("回避关系所涉人员都在库内", "relations tie officers of the pool"),
    "secrets.pepper": ("盲码密钥与其承诺一致", "the pepper is the one committed to"),
    "secrets.salt": ("人员代码密钥与其承诺一致", "the salt is the one committed to"),
    "secrets.blinds": ("盲码由对象标识算出", "blinds follow from the bodies' keys"),
    "secrets.bodies": (
        "每个盲码对应一个真实对象，无多余",
        "every blind has its key, and no key is idle",
    ),
    "secrets.codes": ("人员代码由人员标识算出", "officers' codes follow from the persons"),
    "secrets.persons": ("库内每个代码对应一人，一人一码", "every code is a person's, and nobody has two"),
    "targets.rule": ("第一阶段的种子规则合规", "first stage: the seed rule is lawful"),
    "targets.times": ("第一阶段先承诺、后取随机数", "first stage: the commitment came before the chance"),
    "targets.contributions": (
        "第一阶段的随机来源符合规则",
        "first stage: the contributions are those of the rule",
    ),
    "targets.seed": ("第一阶段的种子由承诺与来源算出", "first stage: the seed follows from them"),
    "targets.beacon": ("第一阶段的公共信标签名有效", "first stage: the beacon's proof holds"),
    "targets.witness": (
        "第一阶段的承诺有人事先见证",
        "first stage: somebody saw the commitment before the seed",
    ),
    "sample.rows": (
        "重新抽取：检查对象、名次、递补与结果一致",
        "drawn again: bodies, ranks and reserves come out the same",
    ),
    "sample.cutoffs": ("各层入选界线一致", "the cutoffs come out the same"),
    "routes.bodies": (
        "抽中的对象各在且仅在一个批次",
        "every drawn body is on exactly one route, and no other",
    ),
    "routes.teams": ("每批次两人以上、一人带队", "each route has two slots or more, one of them leading"),
    "routes.changes": (
        "人员变动均发生在两次冻结之间",
        "changes of officers fall between the two freezings",
    ),
    "weights.bars": ("无资格或应回避者没有机会", "nobody who is barred has a chance"),
    "weights.slots": ("每个岗位的概率之和恰为一", "the chances of each slot sum to exactly one"),
    "weights.days": ("每人每日的概率之和不超过一", "nobody's chances of one date exceed one"),
    "weights.routes": ("每人到同一批次的概率不超过上限", "nobody's chance of one route exceeds its cap"),
    "weights.caps": ("单列上限确有必要且已触及", "a route's own cap is needed, and reached"),
    "weights.potentials": (
        "最优性证明的各行齐全、各在其位",
        "the rows of the weights' proof stand just where they may",
    ),
    "weights.optimum": (
        "选派概率为合规方案中熵最大者",
        "the weights are those of greatest entropy for their loads",
    ),
    "officers.rule": ("第二阶段的种子规则合规", "second stage: the seed rule is lawful"),
    "officers.times": ("第二阶段先承诺、后取随机数", "second stage: the commitment came before the chance"),
    "officers.contributions": (
        "第二阶段的随机来源符合规则",
        "second stage: the contributions are those of the rule",
    ),
    "officers.seed": ("第二阶段的种子由承诺与来源算出", "second stage: the seed follows from them"),
    "officers.beacon": ("第二阶段的公共信标签名有效", "second stage: the beacon's proof holds"),
    "officers.witness": (
        "第二阶段的承诺有人事先见证",
        "second stage: somebody saw the commitment before the seed",
    ),
    "stages.order": ("第二次承诺在第一个种子公布之后", "the second commitment came after the first seed"),
    "stages.fresh": ("随机来源无一重复使用", "no contribution was used twice"),
    "roster.lottery": (
        "重新摇号：各岗位人员一致",
        "the lottery made again: every slot falls to the same officer",
    ),
    "events.leaving": ("离岗者原在该岗位", "whoever left a slot held it"),
    "events.draws": ("替换抽签先申请、后取随机数", "substitutions: the request came before the chance"),
    "events.successor": ("替换者由抽签产生", "substitutions: the one drawn is the one who went"),
    "events.candidates": (
        "替换候选人有资格且当日空闲",
        "substitutions: all candidates were allowed and free",
    ),
    "events.asked": (
        "有资格且空闲者均列为候选",
        "substitutions: all who were allowed and free were candidates",
    ),
    "events.reserves": ("递补对象按名次替补", "reserves took places in the order of their ranks"),
    "events.direct": (
        "直接指派者无回避情形且当日空闲",
        "direct assignments are of no one barred or sent elsewhere",
    ),
}

FINDINGS: dict[str, Pair] = {
    "stratum-population": (
        "分层 {task}/{stratum} 的总数与抽样框行数不符",
        "the population of {task}/{stratum} is not the number of its rows",
    ),
    "change-officer": ("变动涉及库外人员 {officer}", "a change names {officer}, who is not in the pool"),
    "contribution-twice": (
        "同一随机来源用了两次：{contribution}",
        "one contribution stands twice: {contribution}",
    ),
    "date": ("不是日期：{value}", "not a date: {value}"),
    "dice-digits": (
        "骰子应为 {wanted} 位数字，给了 {given} 位",
        "dice must be {wanted} digits; {given} were given",
    ),
    "drand-chain": ("信标链 {chain} 不在已知之列", "beacon chain {chain} is not known"),
    "drand-randomness": ("信标随机值不是 64 位十六进制", "a beacon's randomness is 64 hex digits"),
    "frame-twice": ("任务 {task} 中同一对象出现两次", "a body stands twice in task {task}"),
    "hash-unknown": ("未知的杂凑算法 {hash}", "hash {hash} is unknown"),
    "json-type": ("JSON 的类型不符", "JSON of another type was wanted"),
    "pack-copy": ("副本类型不符", "another kind of copy was wanted"),
    "pack-sealed": ("公开本不得含 {name}", "a public copy must not hold {name}"),
    "pack-too-many": ("包内文件过多", "the pack has too many files"),
    "pack-trailing": ("压缩包前后有多余内容", "the zip has something before or behind it"),
    "route-empty": ("批次 {route} 没有检查对象", "route {route} visits nobody"),
    "rule-dice": ("骰子位数不足：{digits}", "too few dice digits: {digits}"),
    "rule-drand": ("信标规则不合格", "the beacon's rule is not well formed"),
    "rule-empty": ("种子规则是空的", "the seed rule is empty"),
    "rule-keys": ("种子规则第 {position} 项的字段不符", "entry {position} of the seed rule has other fields"),
    "rule-kind": (
        "种子规则第 {position} 项的种类未知：{kind}",
        "entry {position} of the seed rule is of an unknown kind: {kind}",
    ),
    "share-value": ("“{party}”的份额不是 64 位十六进制", "the share of {party} is not 64 hex digits"),
    "span-order": ("时段起止颠倒", "a span ends before it begins"),
    "stratum-field": ("分层的字段 {field} 不合格", "field {field} of a stratum is not well formed"),
    "stratum-take": ("分层抽取数超过总数", "a stratum takes more than it has"),
    "stratum-twice": ("分层 {task}/{stratum} 出现两次", "stratum {task}/{stratum} stands twice"),
    "stratum-unknown": (
        "抽样框提到未知的分层 {task}/{stratum}",
        "the frame names an unknown stratum {task}/{stratum}",
    ),
    "stream-range": ("随机流的范围不合规", "a range that the stream does not serve"),
    "time": ("不是规定格式的时间：{value}", "not a time of the protocol: {value}"),
    "time-naive": ("时间没有时区", "a time without its zone"),
    "weight-range": (
        "{officer} 与 {slot} 的概率不在 1 至 2^32 单位之间",
        "the weight of {officer} for {slot} is not from 1 to 2^32 units",
    ),
    "weight-slot": ("概率提到未知的岗位 {slot}", "a weight names an unknown slot {slot}"),
    "weight-twice": ("{officer} 与 {slot} 的概率出现两次", "{officer} and {slot} have two weights"),
    "short-of-officers": ("人员不足以填满岗位", "officers do not suffice to fill the slots"),
    "cap-not-least": (
        "批次 {route} 的上限为 {stated}，最小可为 {least}",
        "route {route} has cap {stated}; the smallest that can be kept is {least}",
    ),
    "load-uneven": (
        "人员 {officer} 的权重之和 {given} 与均衡工作量 {load} 不符",
        "the weights of officer {officer} sum to {given}, not to the even load {load}",
    ),
    "loads-even": ("平均工作量均衡", "loads are even on average"),
    "loads-whole": ("工作量为整数，且尽可能均衡", "loads are whole numbers, as even as those can be"),
    "pair-possible": (
        "{officer} 与 {slot} 本可成对，却没有概率",
        "{officer} could have {slot}, and has no weight",
    ),
    "pair-impossible": (
        "{officer} 与 {slot} 在任何均衡安排中都不可能，却有概率",
        "{officer} cannot have {slot} in any even staffing, and has a weight",
    ),
    "pairs-zero-in-all": (
        "另有 {count} 个允许的组合在任何均衡安排中都为零",
        "{count} allowed pairs are zero in every even staffing",
    ),
    # why something cannot be checked here
    "sealed": ("{file} 不在公开本中", "{file} is not in a public copy"),
    "not-yet": ("{file} 尚未产生", "{file} does not exist yet"),
    "missing": ("缺少 {file}", "{file} is missing"),
    "malformed": ("{file} 格式有误", "{file} is malformed"),
    "waits": ("须先纠正 {check}", "{check} fails, on which this rests"),
    "needs-previous": (
        "须提供上一次抽取的证明包（承诺 {previous}）",
        "needs the pack of the draw before (commitment {previous})",
    ),
    "needs-beacon": (
        "第 {round} 轮信标的签名须用配对运算库核验",
        "the signature of round {round} takes a library for pairings",
    ),
    "chain-unknown": ("信标链 {chain} 不在已知之列", "beacon chain {chain} is not one that is known here"),
    "unwitnessed": (
        "无见证：{count} 份见证中没有可在此核验者，承诺时间只是主办方自述",
        "unwitnessed: of {count} witnesses none could be tested here; the time is the operator's word",
    ),
    "event-beacon": (
        "第 {row} 行：事件中没有信标签名可核",
        "row {row}: an event holds no signature of its beacon",
    ),
    "not-asked": (
        "第 {row} 行：{officer} 有资格且空闲，却不在候选之列，包内未说明原因",
        "row {row}: {officer} was allowed and free by this pack, yet not a candidate; the pack does not say why",
    ),
    # remarks
    "files-read": ("共 {count} 个文件", "{count} files"),
    "files-hashed": ("{count} 个文件", "{count} files"),
    "rows-counted": ("{count} 行", "{count} rows"),
    "unfinished": (
        "抽取尚在进行，目前到第 {step} 步",
        "the draw is not finished: it has reached step {step}",
    ),
    "after-void": ("接续作废的抽取 {after}", "it follows {after}, which was void"),
    "takes-no-one": (
        "任务 {task} 的 {stratum} 层不抽取任何对象（共 {population} 个）",
        "stratum {stratum} of task {task} takes no one (of {population})",
    ),
    "excluded": ("排除原因 {reason}：{count} 个", "excluded for {reason}: {count}"),
    "withheld": ("{party} 未交出或未能打开其随机数", "{party} withheld its share, or it did not open"),
    "witness": ("{name}（{kind}）{at}", "{name} ({kind}) {at}"),
    "drawn": ("抽中 {count} 个对象", "{count} bodies drawn"),
    "bodies-placed": ("{count} 个对象，{routes} 个批次", "{count} bodies on {routes} routes"),
    "changes": ("{count} 项变动", "{count} changes"),
    "allowed-without-row": (
        "有资格而概率为零的搭配：{count} 对（是否必然为零由深度审计核验）",
        "allowed pairs without weight: {count} (that they must be zero is for the deeper audit)",
    ),
    "cap-own": (
        "批次 {route} 单列上限 {cap}（是否最小由深度审计核验）",
        "route {route} has its own cap, {cap} (that no smaller one will do is for the deeper audit)",
    ),
    "entropy-margin": ("最大偏差为容差的 {parts} 倍", "largest deviation: {parts} of the tolerance"),
    "slots-filled": ("{count} 个岗位", "{count} slots"),
    "no-reserve": (
        "第 {row} 行：无递补，尚余 {left} 个",
        "row {row}: no reserve took the place; {left} were left",
    ),
    "direct-count": ("直接指派 {count} 次", "{count} direct assignments"),
    # faults of files
    "file-missing": ("缺少 {file}", "{file} is missing"),
    "file-unknown": ("{file} 不是协议规定的文件", "{file} is no file of the protocol"),
    "file-not-listed": ("{file} 未列入清单", "{file} is not in the manifest"),
    "file-not-there": ("清单所列 {file} 不在包内", "{file} is in the manifest but not in the pack"),
    "file-hash": ("{file} 与清单的杂凑值不符", "{file} has another hash than the manifest gives"),
    "file-not-public": ("公开本不得含 {file}", "a public copy may not hold {file}"),
    "pack-empty": ("包内没有任何一步的文件", "the pack holds no step of a draw"),
    "field-missing": ("{file} 第 {row} 行缺少 {field}", "{file} row {row}: {field} is missing"),
    "field-unknown": ("{file} 第 {row} 行有多余字段 {field}", "{file} row {row}: {field} does not belong"),
    "field-value": (
        "{file} 第 {row} 行 {field} 取值有误：{value}",
        "{file} row {row}: {field} cannot be {value}",
    ),
    "kind-unknown": (
        "{file} 第 {row} 行种类有误：{value}",
        "{file} row {row}: kind {value} is none of {known}",
    ),
    "rows-order": ("{file} 第 {row} 行次序有误", "{file} row {row} is out of order"),
    "list-order": ("{file} 第 {row} 行 {field} 次序有误", "{file} row {row}: {field} is out of order"),
    "row-twice": ("{file} 第 {row} 行的 {field} 重复", "{file} row {row} repeats {field}"),
    "list-twice": ("{file} 第 {row} 行 {field} 内有重复", "{file} row {row}: {field} names something twice"),
    "slot-twice": ("岗位 {slot} 出现两次", "slot {slot} stands twice"),
    "rows-too-many": ("行数超过 {most}", "more than {most} rows"),
    "object-too-large": ("单个对象超过 {most} 字节", "one object of more than {most} bytes"),
    # faults of the draw's number
    "not-the-same": ("{file} 的 {field} 不一致：{value}", "{file}: {field} is {value} here"),
    "serial-previous": (
        "编号 {serial} 与上一次承诺“{previous}”不相配",
        "serial {serial} does not go with previous “{previous}”",
    ),
    "after-itself": ("接续的是自己：{after}", "it follows itself: {after}"),
    "after-nothing": ("第一次抽取不能接续 {after}", "a first draw cannot follow {after}"),
    "previous-other": ("所提供的不是上一次抽取", "the draw lent as the one before has another commitment"),
    "serial-gap": ("编号 {serial} 与上一次的 {before} 不连续", "serial {serial} does not follow {before}"),
    "draw-id-again": ("抽取编号 {draw_id} 重复使用", "draw {draw_id} has the name of the one before"),
    "previous-later": ("上一次抽取的承诺更晚：{before}", "the draw before is the later one: {before}"),
    # faults of what was frozen
    "root-other": (
        "{file} 的根为 {found}，承诺的是 {committed}",
        "{file} has root {found}, committed was {committed}",
    ),
    "take-above-population": (
        "任务 {task} 的 {stratum} 层只有 {population} 个却要抽 {take} 个",
        "stratum {stratum} of task {task} has {population} and is to give {take}",
    ),
    "task-groups": ("任务 {task} 有两个组", "task {task} has two groups"),
    "population": (
        "任务 {task} 的 {stratum} 层应有 {told} 行，实有 {found} 行",
        "stratum {stratum} of task {task}: {told} told, {found} found",
    ),
    "frame-rows": ("抽样框应有 {told} 行，实有 {found} 行", "the frame has {found} rows, told were {told}"),
    "in-and-out": ("{blind} 在任务 {task} 中既在框内又被排除", "{blind} is both in and out of task {task}"),
    "officer-unknown": (
        "{file} 第 {row} 行：{officer} 不在库内",
        "{file} row {row}: {officer} is not in the pool",
    ),
    "kin-order": ("第 {row} 行：亲属关系应先列较小的代码", "row {row}: of kin the smaller code comes first"),
    "commitment-other": ("{field} 与承诺不符", "{field} does not open its commitment"),
    "blind-other": ("第 {row} 行：{key} 的盲码不符", "row {row}: {key} has another blind"),
    "blind-without-key": ("盲码 {blind} 没有对应的对象", "no key for blind {blind}"),
    "key-without-row": ("{blind} 既不在框内也未被排除", "{blind} is neither in the frame nor excluded"),
    "code-other": ("第 {row} 行：人员代码 {officer} 不符", "row {row}: code {officer} is not that person's"),
    "officer-without-person": ("{officer} 没有对应的人员", "no person for {officer}"),
    "person-not-in-pool": ("{officer} 不在库内", "{officer} is not in the pool"),
    "person-twice": (
        "第 {row} 行：有人同在两个代码中",
        "row {row}: somebody of {officer} is in another code too",
    ),
    "person-empty": ("第 {row} 行：成员为空", "row {row}: a member without name"),
    # faults of seeds
    "revealed-before": (
        "种子公布于 {revealed_at}，不晚于承诺 {committed_at}",
        "revealed at {revealed_at}, not after the commitment of {committed_at}",
    ),
    "beacon-past": (
        "第 {round} 轮信标的时间 {time} 不晚于承诺 {committed_at}",
        "round {round} is of {time}, not after the commitment of {committed_at}",
    ),
    "beacon-future": (
        "第 {round} 轮信标的时间 {time} 晚于公布 {revealed_at}",
        "round {round} is of {time}, after the seed of {revealed_at}",
    ),
    "contributions-count": (
        "应有 {wanted} 个随机来源，实有 {given} 个",
        "{given} contributions, the rule has {wanted}",
    ),
    "contribution": (
        "第 {position} 个随机来源不合规则（{kind}，从 0 起）",
        "contribution {position} (from 0) is no {kind} of the rule",
    ),
    "contribution-again": (
        "随机来源 {value} 重复使用（{first}、{again}）",
        "{value} is used in {first} and again in {again}",
    ),
    "seed-other": ("种子应为 {found}，所载为 {told}", "the seed is {found}, told was {told}"),
    "proofs-count": ("应有 {wanted} 份证明，实有 {given} 份", "{given} proofs for {wanted} contributions"),
    "proof-idle": (
        "第 {position} 个来源不应有证明",
        "contribution {position} (from 0) bears a proof and is no beacon's",
    ),
    "proof-form": ("第 {round} 轮信标缺少签名", "round {round} bears no signature"),
    "beacon-randomness": (
        "第 {round} 轮的随机数与签名不符",
        "round {round}: the randomness is not that of the signature",
    ),
    "beacon-signature": ("第 {round} 轮的签名无效", "round {round}: the signature does not hold"),
    "witness-signature": ("{name} 的签名无效", "the signature of {name} does not hold"),
    "witness-time": (
        "{name} 的见证时间 {time} 不在承诺与公布之间",
        "{name} saw it at {time}, not between commitment and seed",
    ),
    "witness-twice": ("同一把密钥见证 {count} 次", "one key stands for {count} witnesses"),
    "second-before-first": (
        "第二次承诺 {committed_at} 不晚于第一个种子 {revealed_at}",
        "the second commitment, {committed_at}, is not after the first seed, {revealed_at}",
    ),
    "rule-last": ("最后一个来源须为骰子或信标", "the last contribution must be dice or a beacon"),
    "rule-twice": ("规则中同一方或同一轮出现两次", "a party, commitment or round stands twice in the rule"),
    "rule-share": ("{party} 的随机数规则有误", "the rule for the share of {party} is wrong"),
    # faults of what was drawn
    "row-other": (
        "{file} 第 {row} 行 {field} 应为 {found}，所载为 {told}",
        "{file} row {row}: {field} is {found}, told was {told}",
    ),
    "rows-count": ("{file} 应有 {found} 行，实有 {told} 行", "{file} has {told} rows, drawn were {found}"),
    "cutoffs-strata": ("界线与各层不相对应", "the cutoffs do not go with the strata"),
    "body-not-drawn": ("{blind} 未被抽中却列入批次", "{blind} is on a route and was not drawn"),
    "body-routes": ("{blind} 列入 {count} 个批次", "{blind} is on {count} routes"),
    "team-small": ("批次 {route} 只有 {count} 个岗位", "route {route} has {count} slots"),
    "team-lead": ("批次 {route} 有 {count} 个带队岗位", "route {route} has {count} leading slots"),
    "change-time": (
        "第 {row} 行的时间 {at} 不在两次冻结之间",
        "row {row} is of {at}, not between the freezings",
    ),
    "slot-unknown": ("{file} 第 {row} 行：没有岗位 {slot}", "{file} row {row}: there is no slot {slot}"),
    "barred": ("第 {row} 行：{officer} 不得去 {slot}", "row {row}: {officer} is barred from {slot}"),
    "slot-sum": ("岗位 {slot} 的概率之和为 {sum}，应为 {wanted}", "slot {slot} sums to {sum}, not {wanted}"),
    "date-sum": ("{officer} 在 {date} 之和为 {sum}", "{officer} sums to {sum} on {date}"),
    "cap-sum": (
        "{officer} 到批次 {route} 之和为 {sum}，上限 {most}",
        "{officer} sums to {sum} on {route}, cap {most}",
    ),
    "cap-route": ("没有批次 {route}", "there is no route {route}"),
    "cap-needless": (
        "批次 {route} 的上限 {cap} 不高于通用上限",
        "route {route}: cap {cap} is not above the common one",
    ),
    "cap-not-smallest": (
        "批次 {route} 的上限 {cap} 无人触及（最高 {reached}）",
        "route {route}: nobody reaches cap {cap}, the highest is {reached}",
    ),
    "potential-kind": (
        "第 {row} 行所填字段 {filled} 不成一类",
        "row {row}: {filled} filled is no kind of potential",
    ),
    "potential-idle": (
        "第 {row} 行不应存在",
        "row {row} may not stand: no such slot or officer, or no limit is reached",
    ),
    "potential-positive": ("第 {row} 行的值为正", "row {row} is above zero"),
    "potential-missing": (
        "缺少一行：{slot}{officer} {date}{route}",
        "a row is missing for {slot}{officer} {date}{route}",
    ),
    "weight-other": (
        "第 {row} 行：{officer} 到 {slot} 的概率 {weight} 与证明不符",
        "row {row}: weight {weight} of {officer} for {slot} is not what the potentials give",
    ),
    # faults of events
    "event-slot": ("第 {row} 行：没有岗位 {slot}", "row {row}: there is no slot {slot}"),
    "event-from": (
        "第 {row} 行：{slot} 原由 {held} 担任",
        "row {row}: {slot} was held by {held}, not {told}",
    ),
    "event-early": ("第 {row} 行早于抽取结果 {drawn}", "row {row} is not after the draw of {drawn}"),
    "successor-other": ("第 {row} 行：应由 {found} 接替", "row {row}: {found} was drawn, {told} went"),
    "candidate-barred": ("第 {row} 行：候选人 {officer} 无资格", "row {row}: candidate {officer} is barred"),
    "candidate-busy": (
        "第 {row} 行：候选人 {officer} 当日另有岗位",
        "row {row}: candidate {officer} is not free",
    ),
    "reserve-from": ("第 {row} 行：{blind} 不是在列对象", "row {row}: {blind} was not due"),
    "reserve-to": ("第 {row} 行：{blind} 不是下一名递补", "row {row}: {blind} is not the next reserve"),
    "direct-barred": ("第 {row} 行：{officer} 无资格", "row {row}: {officer} is barred"),
    "direct-busy": ("第 {row} 行：{officer} 当日另有岗位", "row {row}: {officer} is not free"),
    # faults of the container and of JSON
    "pack-unreadable": ("不是可读的 zip 文件（{fault}）", "no readable zip ({fault})"),
    "pack-name": ("含有不合规的文件名：{name}", "a file of that name may not be in a pack: {name}"),
    "pack-twice": ("{name} 出现两次", "{name} stands twice"),
    "pack-encrypted": ("{name} 已加密", "{name} is encrypted"),
    "pack-method": ("{name} 的压缩方式不予支持", "{name} is compressed in another way"),
    "pack-too-large": ("{name} 解压后过大：{size} 字节", "{name} is too large unpacked: {size} bytes"),
    "json-syntax": ("{file} 不是 JSON", "{file} is no JSON"),
    "json-not-canonical": ("{file} 不是规范 JSON", "{file} is not canonical JSON"),
    "json-not-object": ("{file} 含有非对象的行", "{file}: not an object"),
    "json-depth": ("{file} 嵌套过深", "{file} is nested too deep"),
    "json-number": ("{file} 含有不允许的数", "{file} holds a number that is not allowed"),
    "json-key": ("{file} 含有不允许的键", "{file} holds a key that is not allowed"),
    "json-newline": ("{file} 末尾没有换行", "{file} does not end in a newline"),
    "jsonl-newline": ("{file} 末尾没有换行", "{file} does not end in a newline"),
    "text-control": ("{file} 含有控制字符", "{file} holds a control character"),
    "text-surrogate": ("{file} 含有孤立代理码位", "{file} holds a lone surrogate"),
    "text-not-nfc": ("{file} 含有非 NFC 文本", "{file} holds text that is not NFC"),
}

#: What a pack does not prove (dr1 section 9).
LIMITS: tuple[Pair, ...] = (
    ("各名录完整、真实；", "that the registers were complete and true;"),
    (
        "承诺之前无人以其他输入私下试抽；",
        "that nobody ran private trials on other inputs before the commitment;",
    ),
    ("参与产生种子的各方没有串通；", "that the parties to the seed did not collude;"),
    ("主办方未向任何人泄露密封部分；", "that the operator told nobody the sealed part;"),
    ("检查确已进行。", "that the inspection took place."),
)
