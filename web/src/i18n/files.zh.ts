export default {
  files: {
    drop: "把文件拖到这里，或点击选择", sending: "正在上传", bring: "导入读数", bringPoints: "导入点位", another: "再导入一个", leave: "关闭",
    readings: { formats: "CSV（可 .gz）、Excel、Parquet；每行一条读数，或每列一个点位", about: "先检查、后保存：坏行逐行列出；同一文件再导入不会重复。" },
    columns: "列的含义", samples: "示例：{text}", noSamples: "没有数据", role: { time: "时间", reading: "一个点位的读数", point: "点位名", value: "数值", unit: "单位", quality: "质量", device: "设备", received: "接收时间", unused: "不用" },
    point: "选择点位", unit: "单位（同点位）", zone: "时区（时间里没写时）", timeFormat: "时间格式", timeAuto: "自动识别", unnamed: "{n} 列还没选点位：请选择点位，或设为“不用”。",
    stage: { reading: "正在检查，已读 {n} 条", comparing: "正在与已有读数比对", keeping: "正在保存，已写入 {n} 条" },
    check: "检查", import: "导入", checked: "{readings} 条可用，属于 {points} 个点位", fresh: "新读数", there: "已有", contradicting: "与已有值不同（保留原值）", repeated: "文件内重复", faulty: "有误", unknown: "点位不存在",
    leaveOut: "跳过有误的 {n} 条，只导入其余", allOrNothing: "有误的 {n} 条未处理前，不会保存任何数据。", faults: "有误的行", faultsMore: "仅列出前 {n} 处，共 {total} 处", unknownPoints: "园区里没有的点位", unknownLine: "{name}：{n} 条，首次在第 {row} 行",
    row: "行", column: "列", value: "内容", rule: "问题", done: "导入完成", kept: "新存 {kept} 条，原有 {there} 条，值不同 {conflicts} 条，跳过 {left} 条", from: "{n} 条，{from} 至 {to}", morePoints: "另有 {n} 个点位",
    points: { formats: "CSV 或 Excel，一行一个点位", about: "列：{columns}。id 和 brick_class 必填；没有的列保持原样，空格子清除原值；同一张表再导入不会有改动。", template: "下载现有点位表", told: "共 {rows} 行：新建 {made} 个，修改 {changed} 个", nothing: "与现有点位一致，没有改动", made: "新建", changed: "修改", kept: "已新建 {made} 个、修改 {changed} 个点位", undo: "撤销本次导入", undone: "已撤销，点位恢复原样" },
  },
};
