export default {
  planRuns: {
    title: "执行方案", text: "批准之前不会发出任何指令；之后每一步都经过指令的权限、锁定与联锁。",
    look: "查看并批准", approve: "批准执行", replaces: "将接替正在执行的方案。",
    facts: "{devices} 台设备，{steps} 次开关，{begin} 至 {end}", saves: "电费与启动 {cost}，平常运行 {usual}", costs: "电费与启动 {cost}",
    resume: "人工操作的设备在多久后回到方案", resumeNever: "到下次批准", minutes: "{n} 分钟",
    against: "不能批准：", warnings: "当前：", first: "最先的开关", switched: "开 {on}，关 {off}",
    state: { running: "执行中", ending: "正在交还设备", ended: "已结束" }, outcome: { finished: "已完成", stopped: "已停止", replaced: "由新方案接替" },
    by: "{who} 批准，{when}", policy: "按常设策略", counts: "已完成 {done} 步，待执行 {due} 步，错过 {missed} 步",
    stop: "停止执行", stopSure: "停止执行并把设备交还自控？", replan: "重排剩余时段",
    next: "剩余时段有新方案：{why}", nextOpen: "查看新方案",
    record: "计划与实际", planned: "计划", measured: "实际", unknown: "未知", left: "退出方案", because: "：",
    saving: "至今节省 {kwh} kWh（{low} 至 {high}），{cost} {currency}", coverage: "已知时段 {share}", adjust: "按天气与人数调整", adjusted: "调整后节省 {kwh} kWh（{low} 至 {high}）",
    draft: { add: "排程园区设备", place: "地点（留空为整个园区）", search: "搜索楼栋、楼层、房间", whole: "全园", kind: "类型", day: "哪天", today: "今天剩余时段", tomorrow: "明天", least: "开放时至少开启的比例（%）", limit: "功率上限（kW）", carbon: "每千克碳计价（元）", make: "起草", solve: "求解", found: "{devices} 台设备，{zones} 个区域", aims: "优化什么", assumed: "采用的假设", leftOut: "未纳入", hvac: "空调", lighting: "照明", ventilation: "通风" },
    beside: {
      title: "光伏、储能、充电、舒适温度", solar: "光伏", solarMap: "地图实测", solarNone: "不计", solarPeak: "按峰值功率", kwp: "kWp", storages: "储能", addStorage: "添加储能", battery: "电池", ice: "冰蓄冷", hot_water: "蓄热水",
      name: "名称", serves: "所服务的房间", capacity: "容量 kWh", charge: "充电 kW", discharge: "放出 kW", efficiency: "效率", content: "现有 %", target: "末尾至少 %",
      vehicles: "车辆", addVehicle: "添加车辆", arrival: "到", departure: "离", energy: "电量 kWh", power: "功率 kW", charger: "充电桩（留空由人工充电）", car: "车 {n}", store: "储能 {n}",
      climates: "舒适温度", addClimate: "添加房间", anyRoom: "所有测温房间（可选一间）", low: "下限 °C", high: "上限 °C", resistance: "热阻 °C/kW", capacityC: "热容 kWh/°C", usual: "实测", fitted: "拟合", price: "偏离每 °C·h 计价",
    },
    policies: {
      title: "常设策略", text: "在这些界限内的设备方案不必逐次批准，以设定人的名义执行。", add: "添加常设策略", none: "还没有常设策略：每个方案都要批准。",
      more: "{some} 等，另 {n} 台", ofKind: "{place} · {kind}（{n} 台）", everyDay: "每天", startsAtMost: "每台最多启动 {n} 次", serviceAtLeast: "需求满足 ≥ {share}", savingAtLeast: "比平常省 ≥ {share}", costAtMost: "费用 ≤ {cost}",
      by: "{who} 设定，{when}", until: "至 {when}", ended: "已于 {when} 到期", removeSure: "取消这条策略？执行中的方案不受影响。",
      which: "哪些设备", byPlace: "按地点与类型", byDevices: "逐台选择", days: "星期", from: "从", to: "至", starts: "每台最多启动次数", cost: "方案费用上限", noLimit: "不限",
      saving: "至少比平常节省（%）", service: "至少满足需求（%）", lastDay: "最后一天", noEnd: "一直有效",
    },
  },
};
