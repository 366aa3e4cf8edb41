import category from "./categories.zh";
import learning from "./learning.zh";
import rule from "./rules.zh";

export default {
  app: { name: "园理", short: "园理", tagline: "园区智慧大脑" },
  nav: {
    map: "实时地图", go: "路线导航", ask: "智能助手", campuses: "园区数据", campus: "园区", users: "用户管理", account: "我的账号",
    about: "关于", signIn: "登录", signOut: "退出登录", missing: "页面不存在", menu: "菜单", tabs: "已打开的页面", closeTab: "关闭标签页",
    datasets: "数据集", dataset: "数据集", labelling: "标注", runs: "训练记录",
    skip: "跳到正文", campusSelect: "选择园区", language: "切换语言", otherLanguage: "English", theme: "切换深浅色",
  },
  ...learning,
  state: { loading: "正在加载", retry: "重试", empty: "暂无数据" },
  action: { close: "关闭", edit: "编辑", remove: "删除", cancel: "取消", save: "保存", open: "打开" },
  list: { comma: "、" },
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
    hello: "您好，想去哪儿？", about: "问路、找房间、找设施，直接说就行，中文英文都可以。", placeholder: "例如：从北门到报告厅怎么走，我坐轮椅", send: "发送", openRoute: "打开导航",
    answers: "可选的回答", answerHint: "请回答上面的问题", yes: "确认", no: "不对", cancel: "取消",
    starter: { toilet: "最近的卫生间在哪里？", canteen: "食堂怎么走？", meeting: "哪里有会议室？", step: "从北门到A座怎么走，不走楼梯" },
    mic: {
      start: "按一下开始说话", stop: "正在录音，按一下结束", writing: "正在识别", nothing: "没有听清，请再说一遍。", unsupported: "这个浏览器不支持录音。", insecure: "只有 https 网址或本机才能使用麦克风。",
      denied: "没有麦克风权限，请在浏览器里允许后重试。", missing: "没有找到麦克风。", failed: "录音失败，请重试。",
    },
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
  export: { imdf: "IMDF（室内地图）", geojson: "GeoJSON", xlsx: "Excel（房间与团队）", csv: "CSV（房间与团队）" },
  type: {
    venue: "园区", building: "楼栋", level: "楼层", unit: "房间", opening: "门", amenity: "设施", occupant: "商户", geofence: "区域", section: "分区", team: "团队", pathway: "道路",
  },
  import: {
    title: "导入园区地图", drop: "把地图文件拖到这里，或点击选择", formats: "支持 OSM（.osm、.osm.pbf）、IMDF（.zip）、GeoJSON", size: "{mb} MB", format: "文件格式", crs: "坐标系", name: "园区名称", nameHint: "留空则取文件中的名称",
    mapping: "字段映射文件（可选，GeoJSON 用）", replace: "替换同名园区", allOrNothing: "要么全部导入，要么完全不动：被拒绝的文件不会留下任何痕迹。", choose: "选择文件", start: "开始导入", done: "导入完成", repairs: "导入时修正了 {n} 处", another: "再导入一个", look: "查看检查报告",
    format_: { auto: "自动识别", osm: "OSM", imdf: "IMDF", geojson: "GeoJSON" },
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
