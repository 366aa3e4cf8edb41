export default {
  reports: {
    text: "园区的用能、费用、环境与人流，输出为 PDF、Excel 或 CSV：随时生成，也可按日、周、月自动生成。", add: "新建报表", change: "修改报表", none: "还没有报表", noRuns: "还没有生成过", make: "立即生成",
    name: "名称", nameHint: "例如：每周运营报表", period: "周期", place: "范围", site: "整个园区", sections: "内容（按此顺序）", formats: "格式", language: "语言", schedule: "定时", onDemand: "只在需要时生成", up: "上移", down: "下移",
    removeSure: "删除这个报表和它的所有文件？",
    language_: { zh: "中文", en: "英文" },
    period_: { day: "昨天", week: "上周", month: "上月" },
    after: { day: "每天", week: "每周一", month: "每月 1 日" },
    section: { energy: "用能", cost: "费用与碳排放", ranking: "用电排名", air: "室内环境", people: "人流", devices: "设备", anomalies: "异常与告警量", savings: "节能量", forecast: "明日预测", quality: "数据质量" },
    format: { pdf: "PDF", xlsx: "Excel", csv: "CSV" },
  },
};
