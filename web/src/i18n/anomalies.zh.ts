export default {
  anomalies: {
    text: "偏离常态的点位、设备、用能和用水，附依据、可能原因和至今的费用。",
    list: "异常", savings: "节能核算", span: "时间范围", days: "最近一天 | 最近 {n} 天", allKinds: "全部类别", found: "处异常", checked: "个点位参与判断", perWeek: "次/点·周", costSoFar: "至今多耗电费", computed: "计算", heldBack: "处未列出：同一点每周最多三处",
    none: "没有异常", tooLittle: "还没有测满三周的点位，无法按常态判断", ongoing: "持续中", causes: "可能原因", figures: "数据", points: "点位", excess: "超出量", volume: "各点每周报警量", point: "点位", count: "次数", aWeek: "每周",
    severity: { 1: "轻微", 2: "需处理", 3: "严重" },
    kind: { equipment: "空调机组", energy: "用电", base_load: "夜间基础负荷", water_leak: "漏水", system: "设备联动", point: "点位" },
    figure: {
      used: "实际", expected: "预期", days: "天数", observed: "实测", exceeded: "超出阈值", supply_temp: "送风 °C", supply_setpoint: "送风设定 °C", heating_setpoint: "制热设定 °C", cooling_setpoint: "制冷设定 °C", outdoor_temp: "室外 °C", mixed_temp: "混风 °C", return_temp: "回风 °C",
      fan_status: "风机", fan_speed: "风机转速", return_fan_status: "回风机", return_fan_speed: "回风机转速", outdoor_damper: "新风阀", cooling_valve: "冷水阀", heating_valve: "热水阀", duct_pressure: "风管静压", pressure_setpoint: "静压设定",
    },
    savingsText: "改造节省了多少：按天气、日历和人数推算不改造时的用量，减去实际用量。改造前至少 90 天，最好一整年。",
    meter: "电表", before: "基准期（改造前）", after: "核算期（改造后）", people: "人数点位（可选）", noPeople: "不调整", measure: "核算",
    saved: "节省", interval: "{level} 区间", used: "实际", expected: "预期", usedExpected: "实际 / 预期", sure: "变化明确：区间全在零的一侧。", unsure: "不能确定有变化：区间含零。",
    model: { calendar: "日历模型", heating: "采暖模型", cooling: "制冷模型", both: "采暖与制冷模型", time_of_week: "周时段模型" },
  },
};
