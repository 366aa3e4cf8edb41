export default {
  reading: {
    quality: { good: "正常", estimated: "估算", suspect: "可疑", bad: "错误", missing: "缺失" },
    reason: {
      duplicate: "重复送达", conflict: "同一时刻又来了别的值，以先到的为准", late: "迟到", future: "时间在未来", clock: "设备时钟偏差", sentinel: "无效值代码（如 −999）", hard_range: "超出物理范围", soft_range: "超出常见范围", unit: "单位可能有误", spike: "尖峰", stuck: "数值不动",
      noise: "噪声突增", drift: "漂移", offset: "偏移", rollover: "计数器翻转（正常）", reset: "计数器清零", swap: "换表或改表底", gap: "中断，已填补或待补", manual: "人工判定", source: "设备自报异常",
    },
  },
  states: {
    title: "下一状态", soon: "半小时后的状态", none: "这里没有测量开关、有无人等状态的点位。", ahead: "提前量", minutes: "{n} 分钟", from: "{now} → {state}，{share}", expected: "{state}，{share}", changes: "变化的可能 {share}", recall: "变化中有 {share} 被预见。", byModel: "由训练好的模型回答，版本", onTheSpot: "没有上线的模型：由最近 28 天现学的线性模型回答。", fault: "上线的模型无法回答，改为现学现答。",
    days: "训练天数", labels: "以标注为真值", noLabels: "以读数为真值", byLabels: "以标注为真值：{name}", network: "也试 Transformer（较慢）", train: "训练：提前 {n} 分钟", learnt: "学自 {days} 天、{moments} 个时刻。", labelled: "其中 {n} 个时刻以人工标注为准。", varied: "变化过的日子有帮助，已一并学习。", notVaried: "试过变化过的日子，没有帮助。", method: "回答", accuracy: "准确率", foreseen: "变化召回", false: "误报变化", floor: "简单办法", promote: "到模型 {version}：看模型卡并发布上线",
  },
  points: {
    madeAt: "预测于 {when} 做出。", madeNow: "刚刚算出。", record: "最近 {nights} 晚：平均绝对误差 {mae}（“上周同时”为 {week}），80 % 区间覆盖了 {inside} 的小时。",
    count: "{n} / {total} 个点位", search: "搜索名称、编号、房间、设备", name: "点位", value: "最新值", quality: "质量", kind: "测量内容", place: "位置", device: "设备", newest: "最新时间", building: "楼栋", silence: "多久没有读数", never: "从无读数", none: "园区地图上还没有点位。用“导入点位”上传点位表，或从设备发现。", noMatch: "没有符合条件的点位",
    silent: { hour: "超过 1 小时", day: "超过 1 天", never: "从无读数" }, unknown: "园区里没有这个点位", raw: "原始值", forecast: "预测", came: "原始值 {value}", farther: "看更长时间", nearer: "看更短时间", compare: "对比其他点位", nothingHere: "这段时间没有读数", nothingYet: "还没有收到这个点位的读数",
    hint: "滚轮缩放，拖动平移，悬停看原因", span: { day: "1 天", week: "7 天", month: "30 天", year: "1 年" }, step: { raw: "原始读数", quarter: "15 分钟汇总", hour: "小时汇总", day: "日汇总" },
  },
  overrules: {
    agree: "同意", dispute: "有异议", agreedBy: "{who} 同意", disputedBy: "{who} 有异议，不用于学习", title: "人工判定", export: "导出（JSON Lines）", none: "还没有人工判定", select: "选择区间判定", hint: "在曲线上拖动，选出要判定的区间", verdict: { good: "正常", bad: "错误", estimated: "应为" }, value: "应为多少 {unit}", note: "备注（可不填）", done: "已判定，立即生效", undone: "已撤销，恢复规则判断", undo: "撤销", by: "{who} 于 {when}", flags: "当时规则发现：{what}", undoneBy: "{who} 于 {when} 撤销",
  },
  dataQuality: {
    days: "{n} 天", judge: "重新清洗", judging: "正在清洗 {share}", judged: "已重新清洗 {n} 个点位", shares: "各质量所占小时", summary: "共 {total} 个点位，{stale} 个已中断，{silent} 个从无读数。", about: "按小时计，取每小时最差的一条；没有可用读数的小时算缺失。最差的点位在前，从无读数的在最后、不计入占比；色条为每天的问题占比。",
    nothingDue: "不应有读数", noneCame: "没有读数", trouble: "问题占 {share}", staleSince: "{when} 起中断", coverage: "到达率 {share}",
  },
  tunings: {
    title: "清洗规则的松紧", about: "按大家的人工判定，算出每条规则的阈值该乘以多少；在留出的判定上更好、且由人采用后才生效。", propose: "由人工判定提出建议", working: "正在试算 {share}", none: "还没有与规则有关的人工判定。", rule: "类别与规则", words: "判定数", factor: "阈值 现在→建议",
    before: "出厂 精度/召回", after: "建议 精度/召回", few: "判定太少", adopt: "采用", same: "不更好", holds: "已采用", change: "第 {n} 版：{rule}，阈值 ×{factor}，{who}，{when}", undone: "（{who} 于 {when} 撤销）", undo: "撤销",
  },
  lineage: { title: "由哪些规则判定", none: "这些读数还没有被规则判定。", version: "规则第 {n} 版", run: "批次 {run}，{day}（UTC），{rules} 条规则" },
  gateways: { title: "网关与存储", line: "{connected}/{total} 个网关已连接，占用 {size}，待清洗 {pending}，稍后复查 {resting}", full: "按目前速度，磁盘额度将在 {when} 用完", none: "设置里没有网关；读数由程序推送或导入。", on: "已连接", off: "已断开", came: "{n} 条读数，拒收 {refused}", waiting: "磁盘上待存 {size}（上限 {most}）", dropped: "丢弃 {n} 条", pace: "每 {s} 秒：{n} 个点位" },
  intervals: {
    make: "新建标注组", none: "还没有区间标注组。选几个点位和一段时间，即可在曲线上标注。", removeSure: "确定删除“{name}”及其全部标注吗？删除后无法恢复。", points: "{n} 个点位", reviewers: "每窗口 {n} 人", what: "标注内容", together: "一起显示的点位", when: "时间", from: "开始", to: "结束", window: "每个窗口", length: { hours: "6 小时", day: "1 天", week: "7 天" }, labels: "标签", colour: "颜色", code: "代码", addLabel: "添加标签",
    kind: { events: "事件", device_states: "设备状态", occupancy: "人数", custom: "自定义" }, preset: { open: "开启", fault: "故障", other: "其他", off: "关", standby: "待机", on: "开", empty: "无人", few: "人少", many: "人多", yes: "是", no: "否" },
    accept: "采用 {n} 个建议（A）", noMarks: "还没有区间：在曲线上拖动即可标注；没有可标的也可以保存", done: "已标 {mine} 个，还剩 {left} 个", number: "第 {n} 个窗口，共 {total} 个", allDone: "没有等待您标注的窗口了。",
    keys: "拖动：标注 · 1–9：选标签 · Tab：选下一个区间 · [ ]：移动起点 · , .：移动终点 · Delete：删除 · Ctrl+Z：撤销 · PageUp/PageDown：前后窗口 · Enter：保存并继续",
    both: "共同窗口", kappa: "科恩 Kappa：按时间采样，扣除偶然后的一致程度，最大为 1", f1: "区间 F1", iou: "双方标注时间中标得相同的比例", noPairs: "还没有两人都标过的窗口（每窗口需 {n} 人）。", empty: { disputed: "没有分歧", decided: "还没有裁定", agreed: "还没有一致的窗口" }, export: { final: "最终区间", all: "各人区间", proposed: "建议区间" }, propose: "导入预测区间", proposed: "已导入 {n} 个建议",
  },
};
