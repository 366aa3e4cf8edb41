export default {
  energy: {
    medium: { electricity: "电", water: "水", gas: "燃气", heat: "冷热量", pv: "光伏" },
    length: { day: "日", week: "周", month: "月" },
    tile: { today: "今日", month: "本月", span: "所选时段", cost: "费用", carbon: "碳排放", peak: "峰值", base: "夜间基荷", covered: "数据覆盖" },
    curve: { title: "负荷曲线", now: "所选时段", yesterday: "前一天", lastWeek: "上周同日", before: "上一时段", expected: "预测" },
    band: { sharp: "尖", peak: "峰", flat: "平", valley: "谷", deep: "深谷" },
    earlier: "上一时段", later: "下一时段", date: "日期", place: "场所", from: "起始时间", share: "占比", change: "较上期", silent: "另有 {n} 处没有数据", vsLastWeek: "较上周同期 {change}", vsBefore: "较上一时段 {change}", example: "按示例电价",
    exampleLong: "价格为示例，不是本园区的合同价；可通过接口或设置换成自己的电价。", night: "1–5 点中位数", estimated: "其中 {share}% 为估算", bandName: "时段", demand: "需量电费", fedIn: "余电上网", amount: "用量", price: "单价", saved: "光伏节省 {cost}", flows: "能流图",
    ranking: "能耗排行", perM2: "按面积", noParts: "下级场所没有可用的表计数据", heat: "热力日历（日 × 时）", costs: "分时费用", nothing: "这段时间没有数据", scaled: "分表之和大于总表，已按总表等比缩减。",
  },
};
