export default {
  plans: {
    text: "设备、房间、巡检、人流与空间，以最低成本统筹。每个方案都给出下界或方法，经独立程序核验，并说明理由。",
    add: "新建问题", none: "还没有方案：请上传问题文件", name: "名称", state: "状态", cost: "费用", gap: "间隙", who: "提交人", removeSure: "删除该问题及其方案？",
    kind: "问题类型", file: "问题文件", format: "文件格式", method: "方法：{method}。", time: "时限（秒）", enough: "间隙小于多少即可（%）", begin: "从已有方案开始", maxChanges: "最多变动数", start: "求解",
    lock: "保留", again: "保留勾选项重新求解", few: "最多变动", gantt: "时间安排",
    stop: "停止并保留当前最优", problem: "问题文件", search: "求解过程：费用与已证明的下界", parts: "费用构成", assignments: "安排", find: "在安排中查找", noRow: "没有符合的行",
    group: { schedule: "调度", plan: "空间规划" },
    state_: { waiting: "排队中", running: "求解中", done: "完成", cancelled: "已停止", failed: "失败" },
    status: { optimal: "已证明最优", feasible: "可行", infeasible: "无可行方案", unknown: "时限内未找到" },
    tile: { cost: "费用", bound: "已证明下界", gap: "间隙", changes: "变动", time: "用时" },
    part: { carbon: "碳", center: "最远步行", compactness: "课程紧凑", cover: "未覆盖", discomfort: "不舒适", energy: "电费", fairness: "公平", fit_out: "装修", flow: "流量 × 距离", makespan: "总工期", median: "步行总量", min_days: "最少天数", misuse: "面积浪费与超用", moves: "搬动", moving: "调整", nights: "夜班公平", over: "超员", peak: "需量电费", places: "位置费用", rent: "租金", room: "房间偏好", rules: "违反软约束", short: "缺员", size: "超员人数", skipped: "未巡任务", stability: "房间稳定", starts: "启动", surprise: "随机路线", time: "时间", use: "派工", waiting: "排队等待", walking: "步行", weekends: "周末公平", wishes: "意愿" },
    column: { begin: "开始", block: "区块", building: "楼宇", chosen: "选中", current: "目前", day: "日期", days: "天", depth_m: "进深（m）", device: "设备", duty: "班", end: "结束", energy_kwh: "电量（kWh）", event: "活动", floor: "楼层", flows: "充放", group: "团队", hours: "小时", job: "工序", length: "时长", name: "名称", on: "开启时段", order: "次序", period: "时期", person: "人员", place: "地点", room: "房间", shift: "班次", site: "位置", size: "人数", slot: "时段", staff: "人员", start: "开始", stop: "任务点", unit: "单元", weeks: "周", width_m: "面宽（m）", x_m: "x（m）", y_m: "y（m）", zone: "区域" },
    axis: { slot: "时段", time: "时间", cost: "费用", bound: "已证明下界", seconds: "秒" },
  },
};
