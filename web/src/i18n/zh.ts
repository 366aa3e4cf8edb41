import anomalies from "./anomalies.zh";
import category from "./categories.zh";
import demo from "./demo.zh";
import devices from "./devices.zh";
import energy from "./energy.zh";
import files from "./files.zh";
import learning from "./learning.zh";
import places from "./places.zh";
import planRuns from "./planRuns.zh";
import plans from "./plans.zh";
import reports from "./reports.zh";
import reservations from "./reservations.zh";
import rule from "./rules.zh";
import twin from "./twin.zh";
import telemetry from "./telemetry.zh";

export default {
  app: { name: "园理", short: "园理", tagline: "园区智慧大脑" },
  nav: {
    anomalies: "异常与节能",
    people: "人流", air: "环境", screen: "数字大屏",
    devices: "设备",
    reservations: "预订",
    plans: "方案", plan: "方案详情", planCompare: "方案对比",
    reports: "报表",
    energy: "能耗",
    tariffs: "电价与碳因子",
    map: "实时地图", go: "路线导航", ask: "智能助手", campuses: "园区数据", campus: "园区", feedback: "反馈审核", models: "模型管理", model: "模型版本", users: "用户管理", account: "我的账号",
    about: "关于", signIn: "登录", signOut: "退出登录", missing: "页面不存在", menu: "菜单", tabs: "已打开的页面", closeTab: "关闭标签页",
    points: "点位", point: "点位", quality: "数据质量", intervals: "区间标注", intervalSet: "标注组", intervalLabel: "区间标注",
    datasets: "数据集", dataset: "数据集", labelling: "标注", runs: "训练记录",
    skip: "跳到正文", campusSelect: "选择园区", language: "切换语言", otherLanguage: "English", theme: "切换深浅色",
  },
  ...anomalies,
  ...devices,
  ...demo,
  ...energy,
  ...files,
  ...learning,
  ...places,
  ...planRuns,
  ...plans,
  ...reports,
  ...reservations,
  ...twin,
  ...telemetry,
  state: { loading: "正在加载", retry: "重试", empty: "暂无数据" },
  action: { close: "关闭", edit: "编辑", remove: "删除", cancel: "取消", save: "保存", open: "打开" },
  list: { colon: "：", comma: "、" },
  missing: { text: "没有这个页面", back: "返回地图" },
  search: { placeholder: "搜索房间、楼栋、设施", none: "没有找到，换个说法试试", didYouMean: "您要找的是“{name}”吗？" },
  map: {
    label: "{name}地图", floors: "楼层", outside: "全景", tools: "地图工具", threeD: "二维 / 三维", layers: "图层", zoomIn: "放大", zoomOut: "缩小",
    north: "指北", buildings: "楼栋", noBuildings: "没有楼栋", noWebgl: "浏览器不支持 WebGL，无法显示地图。请换用新版浏览器，或开启硬件加速。",
    noCampus: "还没有导入园区", importOne: "导入园区", signInToImport: "登录后导入",
  },
  layer: { buildings: "楼栋", rooms: "房间", labels: "名称", places: "设施图标", ways: "道路", closures: "封闭区域" },
  place: {
    hours: "开放时间", capacity: "容纳人数", people: "{n} 人", accessibility: "无障碍", restriction: "进入限制", aliases: "别名", phone: "电话", website: "网址",
    closedNow: "目前封闭，无法通行", closedUntil: "至 {time}", routeHere: "到这里去", routeFrom: "从这里出发", qr: "二维码", qrHint: "扫码即可在手机上打开路线",
  },
  access: {
    wheelchair: "轮椅可达", notwheelchair: "轮椅不可达", tactilepaving: "有盲道", braille: "有盲文", hearing: "有助听设施", hearingloop: "有助听感应线圈", assisted_listening: "有辅助听音", signlanginterpreter: "有手语翻译", tdd: "有听障人士电话", trs: "有电信中继服务", volume: "电话可调音量",
  },
  restriction: { employeesonly: "仅限员工", restricted: "需授权" },
  go: {
    profile: "出行方式", from: "起点：搜索，或在地图上点选", to: "终点：搜索，或在地图上点选", via: "途经点", here: "用我的位置作起点", swap: "互换起终点",
    addVia: "添加途经点", bestOrder: "自动排序", leaveNow: "现在出发", leaveAt: "出发时间", clickHint: "点地图可直接选点；再点一次选下一个点。",
    pointOnMap: "地图上的点", steps: "分步指引", choices: "可选路线", arrive: "{time} 到达", best: "推荐", other: "备选 {n}", voice: "语音", share: "分享",
    linkCopied: "链接已复制", qr: "二维码", qrTitle: "扫码在手机上打开", print: "打印", printTitle: "{from} → {to}", changed: "路线已更新",
    noWayNow: "这条路现在走不通了", empty: "选好起点和终点，马上给您指路", notLocated: "无法获取您的位置。请允许浏览器定位，或在地图上点选起点。", togglePanel: "展开或收起面板", change: "修改起终点",
  },
  profile: { walk: "步行", wheelchair: "轮椅", stroller: "婴儿车", bike: "骑行", staff: "员工通道", evacuation: "紧急疏散" },
  live: { on: "路况实时更新中", broken: "连接中断，正在重连", off: "当前结果" },
  amount: { metres: "{n} 米", kilometres: "{n} 公里", minutes: "{n} 分钟", hours: "{n} 小时 {rest} 分", underMinute: "不到 1 分钟" },
  ask: {
    hello: "您好，想去哪儿？", about: "问路、找房间、找设施，直接说就行，中文英文都可以。", placeholder: "例如：从北门到报告厅怎么走，我坐轮椅", workingOn: "正在处理：{what}", send: "发送", openRoute: "打开导航", openLive: "打开实时地图", openMap: "打开地图",
    up: "理解正确", down: "理解有误", correct: "纠正", correctTitle: "这句话应该怎么理解？", note: "补充说明（可不填）", sendCorrection: "提交纠正", thanks: "谢谢反馈", privacy: "反馈经人工审核后用于改进理解，导出时会替换电话、车牌和人名。",
    answers: "可选的回答", openPlan: "打开方案", answerHint: "请回答上面的问题", short: "问路、问能耗、管设备…", yes: "确认", no: "不对", cancel: "取消",
    starter: { busy: "食堂现在人多吗", energy: "上周哪栋楼用电最多", air: "会议室A301现在多少度", toilet: "最近的卫生间在哪里？", canteen: "食堂怎么走？", meeting: "哪里有会议室？", step: "从北门到A座怎么走，不走楼梯" },
    mic: {
      start: "按一下开始说话", stop: "正在录音，按一下结束", writing: "正在识别", nothing: "没有听清，请再说一遍。", unsupported: "这个浏览器不支持录音。", insecure: "只有 https 网址或本机才能使用麦克风。",
      denied: "没有麦克风权限，请在浏览器里允许后重试。", missing: "没有找到麦克风。", failed: "录音失败，请重试。",
    },
  },
  why: {
    open: "为什么", title: "为什么这样回答", intent: "理解为", slots: "听到的内容", words: "哪些词起了作用", noWords: "这句话由规则或大模型理解，无法拆到单个词。", legend: "颜色越深，这个词对“{intent}”越重要；红色表示不支持。", allTogether: "没有哪个词单独决定“{intent}”，是整句话一起决定的。",
    reasons: "处理经过", filled: "，填入{values}", fill: "{slot}（{source}）", model: "由 {model} 理解",
    source: { said: "本句说的", carried: "沿用前文", corrected: "更正", chosen: "选定", here: "当前位置" },
    rule: {
      new_request: "这是一个新请求", changed_mind: "先前的请求暂放一边，处理新的请求", merged: "补充到正在处理的请求里", informed: "回答了刚才的问题", corrected: "更正了之前说的内容", chosen: "从选项中选定", chosen_intent: "选定了要办的事", chosen_to_change: "选定了要更改的内容", none_of_them: "给出的选项都不是",
      confirmed: "已确认", declined: "没有确认", unclear_reply: "没听清是否确认，再问一次", cancelled: "取消了请求", nothing_to_cancel: "没有可取消的请求", resumed: "回到先前放下的请求", nothing_aside: "没有放下的请求", repeated: "再问一遍未回答的问题", nothing_to_confirm: "没有等待确认的事", answer_declined: "不满意上一个回答", already_done: "这件事已经办过", no_longer_connected: "所需的系统已断开",
      aside: "顺带回答，不影响正在处理的请求", not_sure: "不够确定，先问清楚", missed: "没有听懂", missed_again: "连续没有听懂，转人工",
    },
    move: {
      ask: "询问缺少的信息", choose: "请您从几个结果中选一个", confirm: "请您确认", change: "询问要改什么", clarify: "询问想办的是哪件事", answer: "给出回答", act: "已执行", unconnected: "听懂了，但所需的系统还没有接入", cancelled: "已取消", nothing_open: "没有正在处理的请求", already_done: "没有重复执行", not_understood: "没有听懂，说明能做什么", hand_over: "转给工作人员",
    },
  },
  feedback: {
    intent: "意图", slots: "槽位", markHint: "点一下起始的词，再点结束的词，然后选它是什么。", whatIs: "“{words}”是什么？", state: "状态", all: "全部", noneNew: "没有待审核的反馈", context: "此前系统说：", understood: "当时理解", right: "应为", unsaid: "还没有人说明正确的意思，请先修改", acceptChanged: "按修改采纳", oneMore: "已记录，还需另一位审核人", exportHint: "在服务器上导出为训练样本：",
    is: { new: "待审核", accepted: "已采纳", rejected: "已驳回", exported: "已导出" },
    kind: { up: "理解正确", down: "理解有误", correction: "用户纠正" },
    key: { accept: "采纳", change: "修改", reject: "驳回", next: "下一条", before: "上一条" },
    done: { accept: "已采纳", reject: "已驳回" },
    said: { accept: "{who} 采纳", reject: "{who} 驳回" },
  },
  stage: { candidate: "候选", shadow: "影子", live: "上线", archived: "归档" },
  score: {
    accuracy: "准确率", macro_f1: "意图宏平均 F1", spans: "槽位 F1", exact: "整句全对", rmse: "均方根误差", mae: "平均绝对误差", spearman: "秩相关", recall_at_1: "首位召回", recall_at_5: "前五召回", mrr: "平均倒数排名", label: "意图准确率", negative_rmse: "负均方根误差",
  },
  models: {
    none: "还没有模型", noneHint: "登记一个训练好的模型：", version: "版本", stage: "阶段", scores: "指标", size: "大小", registered: "登记时间", builtIn: "随安装包提供", liveNow: "上线版本：{version}", noLive: "没有上线版本", damaged: "文件缺失或损坏", fault: "版本 {version} 无法运行",
    back: "返回模型列表", promote: "上线", promoteSure: "让 {name} 的版本 {version} 通过门禁后上线？请填写原因。", promoted: "{name} 的版本 {version} 已上线", rollBack: "回退", rollBackSure: "把 {name} 从版本 {version} 回退到上一个上线版本？请填写原因。", rolledBack: "{name} 已回退到版本 {version}", why: "例如：槽位更准", whyNeeded: "请填写原因",
    measuring: "正在用门禁样本评测，可能需要几分钟。", gate: "上线门禁", noGate: "还没有申请过上线。", files: "文件", history: "变更记录", shadow: "影子运行", shadowLine: "对照版本 {against}：{n} 句，意图不同 {labels} 句，槽位不同 {spans} 句，出错 {failed} 句",
    temperature: "校准温度", noScores: "没有评测结果。", noInterval: "没有区间", interval: "95% 区间 {low}–{high}，{n} 例",
    called: { understanding: "请求理解" },
  },
  gate: {
    passed: "通过", failed: "未通过", against: "对照上线版本 {version}", againstNone: "当时没有上线版本", check: "检查项", after: "这个版本", before: "上线版本", limit: "要求", count: "样本数", least: "不低于 {n}", most: "不超过 {n}",
    of: { floor: "留出日准确率（分），对照：{value}", all: "全部样本得分", size_mb: "大小（MB）", latency_ms: "延迟（毫秒）", language: "语言：{value}", condition: "情形：{value}", label: "意图：{value}" },
    value: { majority: "最常见状态", persistence: "保持不变", last_week: "上周同时", threshold: "最好的单一阈值", zh: "中文", en: "英文", clean: "标准表达", asr: "语音识别", context: "接上文", ellipsis: "省略", indirect: "间接表达", typo: "错别字" },
  },
  role: { visitor: "访客", member: "成员", operator: "运营人员", admin: "管理员" },
  roleHelp: { member: "看地图、问路、用助手，可管理自己的令牌", operator: "另可编辑地点、管理封闭、导入数据、查看检查报告", admin: "拥有全部权限，包括用户管理" },
  signIn: { text: "登录后可管理园区数据", asVisitor: "不登录，以访客身份浏览" },
  account: {
    username: "用户名", password: "密码", role: "角色", newPassword: "新密码（至少 8 位）", oldPassword: "当前密码", changePassword: "修改密码", passwordChanged: "密码已修改",
    tokens: "访问令牌", tokensText: "供程序调用接口使用，权限与您的账号相同。", tokenLabel: "用途", makeToken: "生成令牌", tokenOnce: "请立即复制，令牌只显示这一次", noTokens: "还没有令牌", made: "生成时间",
  },
  users: {
    add: "添加用户", added: "用户已添加", passwordSet: "密码已重置", removed: "用户已删除", removeSure: "确定删除用户“{name}”吗？删除后无法恢复。", roleSet: "角色已更改",
    enabled: "用户已启用", disabled: "用户已停用", state: "状态", on: "启用", off: "停用", since: "创建时间", resetPassword: "重置密码", you: "我",
  },
  about: {
    text: "开源的智慧园区大脑：看得见园区，问得到路。", version: "版本 {version}，Python {python}", dataDir: "数据目录：{dir}", maps: "地图来源与版权", parts: "所用开源组件", part: "组件", partVersion: "版本", licence: "许可证",
  },
  campuses: {
    import: "导入园区", none: "还没有园区，导入一份地图即可开始", name: "园区", counts: "内容", revision: "修订", imported: "导入时间", removed: "已删除“{name}”",
    removeSure: "确定删除“{name}”及其全部修订记录吗？删除后无法恢复。", line: "编号 {id} · 第 {revision} 次修订 · 来源 {source}", export: "导出", features: "地点", check: "检查报告", closures: "封闭管理", revisions: "修订记录",
  },
  calendar: {
    title: "日历", text: "预测、节能核算和异常检测按这份日历区分工作日、休息日、学期和停业；新的日历从下一次预测起生效。", own: "本园区自己的日历，{who} 于 {when} 修改", ofMap: "还没有设置：只按地图所在国家的公共假日。", country: "国家（ISO 代码）", noCountry: "没有公共假日", region: "省、州等（可选）", regionHint: "例如 ENG、BY",
    holidays: "另外的休息日", workdays: "另外的工作日（如调休上班）", none: "没有", spans: "学期、假期、停业和活动", spanName: "名称，如“秋季学期”", first: "第一天", last: "最后一天", closed: "停业，无人上班", addSpan: "添加一段", saved: "日历已保存", reset: "恢复默认", resetSure: "删除本园区自己的日历，只按国家的公共假日？", resetDone: "已恢复默认日历",
    ahead: "今后 120 天里与平时不同的日子", nothingAhead: "没有", kind: { off: "休息", worked: "上班" },
  },
  export: { imdf: "IMDF（室内地图）", geojson: "GeoJSON", brick: "Brick（设备与点位）", xlsx: "Excel（房间与团队）", csv: "CSV（房间与团队）" },
  type: {
    venue: "园区", building: "楼栋", level: "楼层", unit: "房间", opening: "门", amenity: "设施", occupant: "商户", geofence: "区域", section: "分区", team: "团队", pathway: "道路",
  },
  import: {
    title: "导入园区地图", drop: "把地图文件拖到这里，或点击选择", formats: "OSM（.osm、.osm.pbf）、IMDF（.zip）、GeoJSON、Brick（.ttl）或 Haystack（.json）", size: "{mb} MB", format: "文件格式", crs: "坐标系", name: "园区名称", nameHint: "留空则取文件中的名称",
    into: "设备点位并入", intoHint: "留空：作为新园区",
    mapping: "字段映射文件（可选，GeoJSON 用）", replace: "替换同名园区", allOrNothing: "要么全部导入，要么完全不动：被拒绝的文件不会留下任何痕迹。", choose: "选择文件", start: "开始导入", done: "导入完成", repairs: "导入时修正了 {n} 处", another: "再导入一个", look: "查看检查报告",
    format_: { auto: "自动识别", osm: "OSM", imdf: "IMDF", geojson: "GeoJSON", brick: "Brick", haystack: "Haystack" },
    crs_: { wgs84: "WGS-84（GPS、OSM）", gcj02: "GCJ-02（高德、腾讯）", bd09: "BD-09（百度）" },
    stage: { sending: "正在上传", waiting: "正在排队", read: "正在读取", saved: "正在保存" },
  },
  severity: { error: "错误", warning: "警告", info: "提示" },
  rule,
  check: {
    check: "检查结果", repairs: "导入修正", severity: "级别", rule: "规则", text: "筛选内容", finding: "问题与处理办法", locate: "在地图上定位", clean: "检查通过，没有发现问题", noRepairs: "导入时没有需要修正的内容", noneFit: "没有符合条件的结果",
  },
  features: {
    type: "类型", level: "楼层", filter: "按名称、门牌号或编号筛选", name: "名称", number: "门牌号", category: "类别", map: "地图", saved: "已保存为新修订", nameZh: "中文名称", nameEn: "英文名称", aliases: "别名", aliasText: "别名内容", aliasKind: "别名类型", addAlias: "添加别名",
    hoursHelp: "OSM 营业时间写法：Mo-Fr 工作日，PH off 节假日不开放", open: "不限", why: "修改原因", whyHint: "例如：部门搬迁，已核实",
  },
  aliasKind: { alias: "俗称", former: "曾用名", short: "简称", ref: "编号" },
  language: { zh: "中文", en: "英文" },
  closures: {
    add: "新增封闭", none: "目前没有封闭", what: "封闭对象", active: "生效中", inactive: "未生效", reason: "原因", from: "开始", until: "结束", atOnce: "立即", open: "不限期", reopen: "恢复通行", reopened: "已恢复通行", added: "已封闭，导航会自动绕行", area: "一个区域",
    search: "搜索要封闭的门、电梯、房间", liftHint: "封闭电梯的任一层，整部电梯停用。", times: "封闭时间", reasonHint: "例如：电梯检修", close: "封闭",
  },
  revisions: {
    inLanguage: "{name}（{language}）", none: "还没有修订", noWhy: "（未填写原因）", changes: "{n} 处改动", imported: "导入", undo: "撤销", undoWhy: "为什么要撤销第 {n} 次修订？", whyNeeded: "请填写原因", undone: "已撤销第 {n} 次修订",
  },
  field: {
    name: "名称", alt_name: "别称", hours: "开放时间", accessibility: "无障碍", restriction: "进入限制", geometry: "位置或形状", text: "内容", reason: "原因", feature_ids: "对象", feature_id: "所属", language: "语言", kind: "类型", weight: "权重", starts_at: "开始", ends_at: "结束", ordinal: "楼层",
  },
  category,
};
