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
    axis: { slot: "时段", time: "时间", cost: "费用", bound: "已证明下界", seconds: "秒" },
  },
};
