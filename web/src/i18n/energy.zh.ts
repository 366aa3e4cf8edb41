export default {
  energy: {
    expected: { title: "分区预测", rest: "其余", made: "预测于 {when} 做出；各部分之和等于整体，第二行是 80 % 区间。" },
    medium: { electricity: "电", water: "水", gas: "燃气", heat: "冷热量", pv: "光伏" },
    length: { day: "日", week: "周", month: "月" },
    tile: { today: "今日", month: "本月", span: "所选时段", cost: "费用", carbon: "碳排放", peak: "峰值", base: "夜间基荷", covered: "数据覆盖" },
    curve: { title: "负荷曲线", now: "所选时段", yesterday: "前一天", lastWeek: "上周同日", before: "上一时段", expected: "预测" },
    band: { sharp: "尖", peak: "峰", flat: "平", valley: "谷", deep: "深谷" },
    earlier: "上一时段", later: "下一时段", date: "日期", place: "场所", from: "起始时间", share: "占比", change: "较上期", silent: "另有 {n} 处没有数据", vsLastWeek: "较上周同期 {change}", vsBefore: "较上一时段 {change}", example: "按示例电价",
    exampleLong: "价格为示例，不是本园区的合同价；请换成自己的电价。", toTariffs: "查看和修改电价", factor: "按 {kg} kg/{unit}", night: "1–5 点中位数", estimated: "其中 {share}% 为估算", bandName: "时段", demand: "需量电费", fedIn: "余电上网", amount: "用量", price: "单价", saved: "光伏节省 {cost}", flows: "能流图",
    ranking: "能耗排行", perM2: "按面积", noParts: "下级场所没有可用的表计数据", heat: "热力日历（日 × 时）", costs: "分时费用", nothing: "这段时间没有数据", scaled: "分表之和大于总表，已按总表等比缩减。",
  },
  tariffs: {
    text: "用能的单价、需量电费和碳排放因子；费用、碳排放、报表和助手都按它们计算。", own: "本园区自己的价格，{who} 于 {when} 修改", ofHouse: "全系统的价格，本园区没有自己的", example: "示例", mayNot: "修改需要“编辑园区”的权限（管理员或园区编辑）。", reset: "恢复默认", resetSure: "删除本园区自己的价格，改用全系统的价格？",
    prices: "价格", add: "新增价格", change: "修改价格", medium: "类别", from: "生效日期", name: "名称", nameZh: "中文名称", nameEn: "英文名称", source: "来源", sourceHint: "例如合同编号、文件名", price: "单价", one: "统一单价", banded: "分时电价", demand: "需量电费", demandHint: "每千瓦每月，按当月最高 15 分钟；没有就不填",
    schedule: "时段", scheduleHint: "每组适用于所选月份和星期，不选即全部；从上往下取第一个适用的。时段写成 08:00-11:00，多个用逗号分开；没写到的时间为平段。", addSchedule: "增加一组时段", months: "月份", weekdays: "星期", all: "全部",
    carbon: "碳排放因子", factor: "因子", year: "年份", noCarbon: "没有", general: "总则", currency: "货币", pvBehindMain: "总表已扣除光伏", isExample: "仍是示例价格", removeSure: "删除这个价格？", saved: "已保存",
  },
};
